"""The identity provider: accounts, sign-in, and the OAuth 2 / OpenID Connect protocol."""
