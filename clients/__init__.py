"""The services that come with the provider. Each is a program with a database of its own and speaks to the provider over HTTP.

None of them imports `idp` or `keys`: what they need of the provider, any OpenID Connect library could do.
"""
