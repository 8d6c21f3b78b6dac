"""The demonstration's office and member state, with documents to look at. Never called outside the demo and test profiles."""

from datetime import date

from clients.pairing import store
from clients.pairing.kinds import OFFICE, STATE, kind_of
from clients.pairing.library import New
from clients.pairing.offices import Offices, TakenError
from clients.pairing.papers import Papers, sha256
from clients.pairing.trail import Who

CUSTOMER_ID = "12345"
CODE = "DEMO2PAIR"
_NAMES = {OFFICE: "National Office of Inventions of Valdoria", STATE: "Republic of Valdoria"}
_SETUP = Who(sub="", name="", username="demo", address="")
_MONTHLY = {"hague": "Hague distribution", "lisbon-madrid": "Lisbon and Madrid distribution"}
_YEARLY = {"invoice": "Annual contribution: invoice", "statement": "Annual contribution: statement of account"}


def seed(offices: Offices, papers: Papers) -> None:
    """Make the demonstration's data at the first start; several processes may start at once."""
    if store.list_offices():
        return
    made = {}
    try:
        for kind, name in _NAMES.items():
            made[kind] = offices.create(_SETUP, kind, CUSTOMER_ID, name, CODE)[0].id
    except TakenError:
        return
    for type_, year, month, title in _documents(papers.today()):
        content = sample_pdf(["SAMPLE", title, _NAMES[kind_of(type_)], f"Customer ID {CUSTOMER_ID}"])
        papers.add(_SETUP, New(made[kind_of(type_)], type_, year, month, title, sha256(content), content))


def _documents(today: date) -> list[tuple[str, int, int, str]]:
    months = [divmod(today.year * 12 + today.month - 1 - back, 12) for back in range(1, 7)]
    return [
        *(
            (kind, year, month + 1, f"{title} {year}-{month + 1:02}")
            for year, month in months
            for kind, title in _MONTHLY.items()
        ),
        *(
            (kind, year, 0, f"{title} {year}")
            for year in (today.year, today.year - 1)
            for kind, title in _YEARLY.items()
        ),
    ]


def sample_pdf(lines: list[str]) -> bytes:
    """Return a PDF of one page with these lines, which are ASCII (ISO 32000-2 section 7.5)."""
    escaped = [line.replace("\\", "/").replace("(", "[").replace(")", "]") for line in lines]
    shown = " ".join(f"({line}) Tj T*" for line in escaped)
    text = f"BT /F1 16 Tf 28 TL 72 760 Td {shown} ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    made, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    made += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(made)
