"""Notices that services send to people whose address they don't know: they name a `sub`, and the provider knows where to reach it.

A service never learns whether there is such a person, whether they have devices, or what became of a notice.
"""
