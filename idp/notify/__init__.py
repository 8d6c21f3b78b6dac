"""Delivery to the outside: mail and logout tokens, from an outbox that is written in the transaction of what caused them.

What a message says is decided by whoever adds it. Nothing here reads a domain's tables.
"""

from idp.notify.outbox import Outbox

__all__ = ["Outbox"]
