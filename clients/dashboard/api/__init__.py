"""The frame of the portal's APIs: what all of them share. A subject (messages, payments, …) is a `Part` and brings its own calls.

Here are reading a body, refusing one, the addresses that are nobody's, and the document of all parts. Nothing of any subject.
"""
