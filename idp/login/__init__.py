"""The interaction: joins protocol, accounts and (later) factors into one sign-in.

`flow.next_step` decides, `dispatcher` carries it out, `views` are its steps. A step never leads to another step: it returns to the
dispatcher. This package must not mint anything and must not know how a password is verified.
"""
