"""Codes from an authenticator app (RFC 6238)."""
