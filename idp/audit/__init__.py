"""The audit trail: what happened, when, to whom and by whom. Append-only and hash-chained; never a secret."""

from idp.audit.trail import record, verify

__all__ = ["record", "verify"]
