"""People: their accounts, passwords, addresses, sessions, and the ways back in.

Knows nothing of the protocol or of the sign-in flow: what it needs from them it declares in `ports.py`. Every change of a
person's data is a use case of one service here; it leaves an audit event, and a notice to the person where it touches security.
"""
