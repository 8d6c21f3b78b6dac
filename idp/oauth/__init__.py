"""The protocol: OAuth 2.1 and OpenID Connect, close to the text of their RFCs.

Knows keys, the database, errors, audit and its own ports. It must never import accounts, factors or pages: who a person is,
and how they prove it, comes in through `ports`.
"""
