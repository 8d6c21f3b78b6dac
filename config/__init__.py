"""Settings of every program, and the design that their pages share.

Everything a program needs to know is here, typed and checked before it starts. It must not open a database or speak to a network,
and imports nothing from the other top-level packages.
"""
