"""The benchmark (`make bench`): this provider beside node oidc-provider, on the same core, in the same run."""
