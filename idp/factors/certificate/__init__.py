"""Certificates in the browser, shown by mutual TLS at an address of its own (RFC 8446 section 4.3.2)."""
