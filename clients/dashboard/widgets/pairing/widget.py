"""Distribution reports and annual contributions: what they are called, and where pairing answers for them."""

from collections.abc import Sequence

from clients.dashboard.widgets.contract import Manifest, Widget
from clients.dashboard.widgets.gate import Gate
from clients.dashboard.widgets.remote import remote

SCOPE = "pairing:read"


def widgets(pairing: str | None, gate: Gate) -> Sequence[Widget]:
    """Return both; `pairing` is the service's address, without which there is none of them."""
    if not pairing:
        return ()
    resource = f"{pairing}/api"
    reports = Manifest(
        id="distribution-reports",
        title={"en": "Distribution Reports (IP Offices)"},
        description={"en": "What is distributed to your office, by type of document, month and year."},
        subject="payments",
        width=8,
        height=5,
        resource=resource,
        scopes=(SCOPE,),
        data_url=f"{resource}/widgets/distribution-reports",
    )
    contributions = Manifest(
        id="annual-contributions",
        title={"en": "Annual Contributions (Member States)"},
        description={"en": "Your member state’s contributions, by kind and year."},
        subject="payments",
        width=8,
        height=5,
        resource=resource,
        scopes=(SCOPE,),
        data_url=f"{resource}/widgets/annual-contributions",
    )
    return [remote(one, gate) for one in (reports, contributions)]
