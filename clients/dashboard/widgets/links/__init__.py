"""Quick Links: addresses that a person wants at hand."""
