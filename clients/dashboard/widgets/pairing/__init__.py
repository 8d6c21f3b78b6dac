"""The widgets of pairing: manifests, as any service would register them; their data are pairing's."""
