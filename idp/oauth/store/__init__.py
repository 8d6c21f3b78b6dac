"""The only SQL of the protocol that runs while a client waits, one module a table.

A function whose name begins with `consume` or `rotate` is one atomic statement, and of any number of callers one succeeds. Whoever
loses is told so and must revoke the family (RFC 6749 section 4.1.2, RFC 9700 section 4.14.2) in a transaction that commits.
"""
