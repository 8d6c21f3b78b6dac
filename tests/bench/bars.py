"""What is measured and what is asked of it. The bars are stated in the report, not asserted: a noisy machine must not fail a build."""

from dataclasses import dataclass

PEER_BAR = 1.25
SIGN_IN_BAR = 0.9
SECOND_STEP_BAR_MS = 10.0
"""Of the server's time, beside the hash of a password."""
INBOX_BAR_MS = 50.0
"""What the first page of 100,000 messages may cost the server beyond an empty inbox's."""
OCSP_BAR = 0.5
LIST_BAR_SECONDS = 10.0
"""A revocation list with 100,000 entries, from the database to its signature."""
MEMORY_BAR_MB = 130.0
READY_BAR_SECONDS = 2.0
WARM_RUN_BAR_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Workload:
    """`key` is the load generator's name for it; `stretch` lengthens its runs, where operations are few."""

    key: str
    label: str
    stretch: float = 1


WORKLOADS = (
    Workload("client_credentials", "client credentials, ES256 JWT"),
    Workload("refresh", "refresh with rotation, ID token"),
    Workload("introspection", "introspection of a person's token"),
    Workload("userinfo", "userinfo"),
    Workload("discovery", "discovery and JWKS"),
    Workload("sign_in", "whole sign-in with password", stretch=2),
)
SIGN_IN = "sign_in"
