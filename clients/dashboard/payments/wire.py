"""What a service sends: every rule about it, in pydantic models, from which the OpenAPI document is made too."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from clients.dashboard.api.fields import LONGEST_LINE, LONGEST_LINK, Link, Sub, line
from clients.dashboard.payments import money

MOST_AT_ONCE = 1_000
_LONGEST_REFERENCE = 100
_EARLIEST, _LATEST = 1970, 2200


def _currency(code: str) -> str:
    if code not in money.currencies():
        raise ValueError("Send the ISO 4217 code of a currency that is in use, for example CHF.")
    return code


def _day(day: dt.date) -> dt.date:
    if not _EARLIEST <= day.year <= _LATEST:
        raise ValueError(f"Send a day between {_EARLIEST} and {_LATEST}.")
    return day


Day = Annotated[dt.date, AfterValidator(_day)]
Currency = Annotated[
    str,
    AfterValidator(_currency),
    Field(description="ISO 4217.", examples=["CHF"], json_schema_extra={"pattern": "^[A-Z]{3}$", "maxLength": 3}),
]
Amount = Annotated[
    str,
    Field(
        description="A decimal number as a text, with at most as many decimals as the currency has: none for JPY, two for CHF, three for KWD.",
        examples=["120.50"],
    ),
]
Reference = Annotated[
    str,
    Field(
        min_length=1,
        max_length=_LONGEST_REFERENCE,
        description="Your own name for it. Posted again, it is the same one.",
    ),
    AfterValidator(lambda text: line(text, longest=_LONGEST_REFERENCE)),
]


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Posted(_Sent):
    sub: Sub
    reference: Reference
    currency: Currency
    amount: Amount

    @field_validator("amount")
    @classmethod
    def _check_amount(cls, amount: str, info: ValidationInfo) -> str:
        # Without a currency there is no telling; that one is refused already.
        if currency := info.data.get("currency"):
            money.parse(amount, currency)
        return amount

    @property
    def minor(self) -> int:
        """The amount in minor units."""
        return money.parse(self.amount, self.currency)


class NewInvoice(_Posted):
    """What a person owes to the service."""

    title: Annotated[
        str,
        Field(min_length=1, max_length=LONGEST_LINE, description="What it is for: a line of plain text."),
        AfterValidator(line),
    ]
    due: Annotated[Day, Field(description="The last day on which it can be paid in time.")]
    link: Annotated[Link | None, Field(max_length=LONGEST_LINK, description="The document: an https address.")] = None
    state: Annotated[Literal["unpaid", "paid"], Field(description="`paid` for what was paid before it came here.")] = (
        "unpaid"
    )
    paid_on: Annotated[
        Day | None, Field(description="The day on which it was paid, with the state `paid`; today if it is missing.")
    ] = None

    @field_validator("paid_on")
    @classmethod
    def _check_paid_on(cls, day: dt.date | None, info: ValidationInfo) -> dt.date | None:
        if day and info.data.get("state") != "paid":
            raise ValueError("Only what is paid has a day on which it was.")
        return day


class NewMovement(_Posted):
    """Money that came into a person's current account, or went out."""

    kind: Annotated[Literal["deposit", "withdrawal"], Field(description="`deposit`: it came in.")]
    date: Annotated[Day, Field(description="The day from which it counts.")]
    text: Annotated[
        str,
        Field(min_length=1, max_length=LONGEST_LINE, description="What it was: a line of plain text."),
        AfterValidator(line),
    ]


class Invoices(_Sent):
    """Several invoices, all or none."""

    invoices: Annotated[list[NewInvoice], Field(min_length=1, max_length=MOST_AT_ONCE)]


class Movements(_Sent):
    """Several movements, all or none."""

    movements: Annotated[list[NewMovement], Field(min_length=1, max_length=MOST_AT_ONCE)]


class NewState(_Sent):
    """What has become of an invoice."""

    state: Annotated[
        Literal["paid", "unpaid", "cancelled"],
        Field(description="`unpaid` for a pending one whose payment never came."),
    ]


def invoice_shown(row: Any) -> dict[str, Any]:  # noqa: ANN401 - an Invoice, which the wire needn't know
    """Return an invoice as its service sees it."""
    return {
        "id": row.id,
        "reference": row.reference,
        "sub": row.sub,
        "title": row.title,
        "currency": row.currency,
        "amount": money.text(row.amount, row.currency),
        "due": row.due.isoformat(),
        "state": row.state,
        "payment_reference": row.payment,
    }
