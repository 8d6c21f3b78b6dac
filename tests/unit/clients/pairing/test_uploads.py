"""Documents are checked by what is in them, and stored all or none: a clear message at the field or line otherwise."""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clients.pairing.demo import sample_pdf
from clients.pairing.pdf import LARGEST

Answer = Callable[..., TestResponse]
HEADER = "customer_id,type,year,month,title,file\n"
PDF = sample_pdf(["Report"])


def upload(officer: FlaskClient, post: Answer, content: bytes, **changes: str) -> TestResponse:
    path = "/finance/documents/new"
    office = re.search(r'value="([\w-]{22})"[^>]*>12345 · National', officer.get(path).text)
    assert office
    sent: dict[str, Any] = {
        "office": office[1],
        "type": "hague",
        "year": "2024",
        "month": "3",
        "title": "March",
    } | changes
    return post(officer, path, **sent, file=(BytesIO(content), "report.pdf"))


def documents(officer: FlaskClient) -> int:
    return sum(int(one) for one in re.findall(r"· (\d+) documents", officer.get("/finance").text))


def many(officer: FlaskClient, post: Answer, lines: str, *names: str, content: bytes | None = None) -> TestResponse:
    files = [(BytesIO(content or sample_pdf([name])), name) for name in names]
    return post(officer, "/finance/documents/many", csv=(BytesIO(lines.encode()), "list.csv"), files=files)


def clicks(officer: FlaskClient, path: str, times: int, **fields: str) -> Iterator[TestResponse]:
    """Send the form of a page several times, as it was when it was opened."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', officer.get(path).text.partition("<main")[2])
    assert token
    for _ in range(times):
        yield officer.post(path, data={"csrf_token": token[1], **fields})


def test_one(officer: FlaskClient, post: Answer) -> None:
    before = documents(officer)
    page = officer.get(upload(officer, post, PDF).location).text
    assert "March is stored." in page
    assert documents(officer) == before + 1
    again = upload(officer, post, PDF)
    assert "March is stored already." in officer.get(again.location).text
    assert "stored for this period already" in upload(officer, post, PDF, title="Another title").text
    opened = re.search(r'(/finance/documents/[\w-]{22})" aria-label="Open March"', page)
    assert opened
    assert officer.get(opened[1]).data == PDF
    assert [one.status_code for one in clicks(officer, f"{opened[1]}/delete", 2)] == [303, 303]
    assert officer.get(opened[1]).status_code == 404
    assert documents(officer) == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "This file is empty."),
        (b"<html>%PDF-1.4 startxref %%EOF", "This isn’t a whole PDF file."),
        (b"MZ" + PDF, "This isn’t a whole PDF file."),
        (PDF[:-20], "This isn’t a whole PDF file."),
        (b"%PDF-1.4\n" + b"0" * LARGEST, "larger than 10 MB"),
        (b"%PDF-1.4\n" + b"0" * 50 * 1024 * 1024, "larger than 10 MB"),
    ],
    ids=["empty", "html", "prefix", "cut", "too large", "50 MB"],
)
def test_what_is_no_pdf(officer: FlaskClient, post: Answer, content: bytes, said: str) -> None:
    before = documents(officer)
    answer = upload(officer, post, content)
    assert answer.status_code == 422
    assert said in answer.text.partition('id="file-error"')[2]
    assert documents(officer) == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": "<b>March</b>"}, "Use plain text"),
        ({"title": " "}, "Give it a title"),
        ({"year": "1066"}, "Enter a year from 1990"),
        ({"year": "soon"}, "Not a valid integer"),
        ({"month": ""}, "Choose the month"),
        ({"month": "13"}, "Not a valid choice"),
        ({"type": "invoice", "month": ""}, "Offices get distribution reports"),
        ({"office": "x"}, "Not a valid choice"),
    ],
)
def test_what_can_not_be_taken(officer: FlaskClient, post: Answer, changes: dict[str, str], said: str) -> None:
    before = documents(officer)
    answer = upload(officer, post, PDF, **changes)
    assert answer.status_code == 422
    assert said in answer.text
    assert documents(officer) == before


def test_many(officer: FlaskClient, post: Answer) -> None:
    before = documents(officer)
    lines = "\ufeff" + HEADER + "12345,hague,2024,3,Hague March,a.pdf\n12345,invoice,2024,,“Invoice”,b.pdf\n"
    checked = many(officer, post, lines, "folder/a.pdf", "b.pdf")
    assert checked.status_code == 303, checked.text
    page = officer.get(checked.location).text
    assert "Hague March" in page
    assert "They aren’t stored yet." in page
    assert documents(officer) == before
    assert post(officer, checked.location, do="store").location == "/finance"
    assert documents(officer) == before + 2
    assert officer.get(checked.location).location == "/finance"
    dropped = many(officer, post, HEADER.replace(",", ";") + "12345;hague;2024;4;April;c.pdf\n", "c.pdf")
    assert post(officer, dropped.location, do="drop").status_code == 303
    assert officer.get(dropped.location).status_code == 404
    assert documents(officer) == before + 2


@pytest.mark.parametrize(
    ("lines", "names", "said"),
    [
        (
            "12345,hague,2024,3,Title,a.pdf\n1234,hague,2024,3,T,a.pdf\n",
            ["a.pdf"],
            ["Line 3: <bdi>customer_id has to be"],
        ),
        (
            "99999,hague,2024,3,Title,a.pdf\n",
            ["a.pdf"],
            ["Line 2: <bdi>There is no office with the Customer ID 99999."],
        ),
        ("12345,poem,2024,3,Title,a.pdf\n", ["a.pdf"], ["Line 2: <bdi>type has to be one of"]),
        ("12345,hague,24,0,,\n", ["a.pdf"], ["year has", "month has", "title is missing", "file is missing"]),
        ("12345,invoice,2024,3,Title,a.pdf\n", ["a.pdf"], ["month has to be empty"]),
        ("12345,hague,2024,3,<i>Title</i>,a.pdf\n", ["a.pdf"], ["title has to be plain text"]),
        ("12345,hague,2024,3,Title,b.pdf\n", ["a.pdf"], ["b.pdf wasn’t sent", "No line names the file a.pdf"]),
        ("12345,hague,2024,3,Title,a.pdf\n", ["a.pdf", "x/a.pdf"], ["several files called a.pdf"]),
        ("12345,hague,2024,3,T,a.pdf\n12345,hague,2024,3,U,a.pdf\n", ["a.pdf"], ["the same document as in line 2"]),
        ("12345,hague,2024\n", ["a.pdf"], ["Line 2: <bdi>The line needs 6 values."]),
        ("12345,hague,2024,3,T,a.pdf,more\n", ["a.pdf"], ["The line needs 6 values."]),
        ("", ["a.pdf"], ["There is no document in this file"]),
        ('12345,hague,2024,3,"T,a.pdf\n', ["a.pdf"], ["This is no CSV file"]),
    ],
)
def test_a_wrong_line_stores_nothing(
    officer: FlaskClient, post: Answer, lines: str, names: list[str], said: list[str]
) -> None:
    before = documents(officer)
    answer = many(officer, post, HEADER + lines, *names)
    assert answer.status_code == 422
    assert all(text in answer.text for text in said), answer.text.partition("<main")[2]
    assert documents(officer) == before


def test_other_things_that_are_no_batch(officer: FlaskClient, post: Answer) -> None:
    good = HEADER + "12345,hague,2024,3,Title,a.pdf\n"
    assert "a.pdf: This isn’t a whole PDF file." in many(officer, post, good, "a.pdf", content=b"MZ").text
    assert "The first line has to be" in many(officer, post, "a,b\n1,2\n", "a.pdf").text
    assert "Choose the PDF files" in many(officer, post, good).text
    assert "larger than 256 kB" in many(officer, post, good + "x" * 300_000, "a.pdf").text
    assert "at most 500 documents" in many(officer, post, HEADER + "1,2,3,4,5,6\n" * 501, "a.pdf").text
    assert "Choose the CSV file" in post(officer, "/finance/documents/many").text


def test_only_officers_send_files(arrive: Callable[..., FlaskClient]) -> None:
    browser = arrive()
    sent = {"csrf_token": "x", "file": (BytesIO(b"0" * 400_000), "x.pdf")}
    for path in ("/finance/documents/new", "/finance/documents/many", "/pair/office"):
        answer = browser.post(path, data={**sent, "file": (BytesIO(b"0" * 400_000), "x.pdf")})
        assert answer.status_code == 413
        assert "That was too much at once" in answer.text


def test_looking_deletes_nothing(officer: FlaskClient, post: Answer) -> None:
    """`HEAD` is a look too (RFC 9110 section 9.2.1), and comes without a CSRF token."""
    page = officer.get(upload(officer, post, PDF).location).text
    opened = re.search(r'(/finance/documents/[\w-]{22})" aria-label="Open March"', page)
    assert opened
    assert officer.head(f"{opened[1]}/delete").status_code == 200
    assert officer.get(opened[1]).status_code == 200


def test_many_that_are_sent_twice_are_one_batch_and_stored_once(officer: FlaskClient, post: Answer) -> None:
    line, before = f"{HEADER}12345,hague,2024,5,May,may.pdf\n", documents(officer)
    first, second = (many(officer, post, line, "may.pdf").location for _ in range(2))
    assert first == second
    said = [officer.get(one.location).text for one in clicks(officer, first, 2, do="store")]
    assert "Stored: 1 documents." in said[0]
    assert "Stored already: 1 documents." in said[1]
    assert "Stored already: 1 documents." in officer.get(officer.get(first).location).text
    assert documents(officer) == before + 1


def test_a_file_whose_name_has_a_nul_is_refused(officer: FlaskClient, post: Answer) -> None:
    """In every upload: no browser sends one, and no database that we know of would take it as it is."""
    line = f"{HEADER}12345,hague,2024,5,May,may.pdf\n"
    assert many(officer, post, line, "may\0.pdf").status_code == 400
    path = "/finance/documents/new"
    assert post(officer, path, title="May", file=(BytesIO(PDF), "may.pdf\0.exe")).status_code == 400
