"""The inbox: what a person finds, and what they can do with it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

Post = Callable[..., str]
Arrive = Callable[..., FlaskClient]
Csrf = Callable[[TestResponse], str]


def subjects(page: TestResponse) -> list[str]:
    assert page.status_code == 200, page.text
    return re.findall(r'class="subject[^>]*><bdi>([^<]*)<', page.text)


def do(browser: FlaskClient, csrf: Csrf, path: str, action: str, *ids: str) -> TestResponse:
    token = csrf(browser.get("/messages"))
    return browser.post(path, data={"csrf_token": token, "action": action, "message": list(ids)}, follow_redirects=True)


def badges(page: TestResponse) -> list[str]:
    return re.findall(r'class="badge">([^<]*)<', page.text)


def test_an_empty_inbox_says_what_will_be_there(arrive: Arrive) -> None:
    browser = arrive()
    assert "You have no messages yet" in browser.get("/messages").text
    assert "New services" in browser.get("/messages/services").text
    overview = browser.get("/dashboard").text
    assert "Nothing new" in overview
    assert "unread" not in overview


def test_by_service_with_what_is_unread_newest_first(arrive: Arrive, post: Post) -> None:
    for number in range(2):
        post(subject=f"Fees {number}")
    post("filing", subject="Draft")
    browser = arrive()
    page = browser.get("/messages")
    assert subjects(page) == ["Draft", "Fees 1", "Fees 0"]
    # The menu under the name, all, and each service; one of them has a name for people.
    assert badges(page) == ["3 unread", "3 unread", "1 unread", "2 unread"]
    assert "Office Notices" in page.text
    assert subjects(browser.get("/messages?service=notices")) == ["Fees 1", "Fees 0"]
    assert subjects(browser.get("/messages?service=nobody")) == []
    assert subjects(browser.get("/dashboard")) == ["Draft", "Fees 1", "Fees 0"]


def test_opening_is_reading(arrive: Arrive, post: Post, csrf: Csrf) -> None:
    message = post(subject="One", body="First line\n\nLast <line>", link="https://example.org/x", importance="high")
    browser = arrive()
    page = browser.get(f"/messages/{message}?view=unread")
    assert "<p>First line</p><p>Last &lt;line&gt;</p>" in page.text
    assert 'href="https://example.org/x" rel="noopener noreferrer nofollow"' in page.text
    assert "leads to</" not in page.text
    assert "<bdi>example.org</bdi>" in page.text
    assert "Important" in page.text
    assert 'href="/messages?view=unread"' in page.text
    assert subjects(browser.get("/messages?view=unread")) == []
    do(browser, csrf, f"/messages/{message}", "unread")
    assert subjects(browser.get("/messages?view=unread")) == ["One"]


def test_several_at_once(arrive: Arrive, post: Post, csrf: Csrf) -> None:
    first, second, third = (post(subject=f"M{number}") for number in range(3))
    browser = arrive()
    page = do(browser, csrf, "/messages", "archive", first, second)
    assert "2 messages are in the archive." in page.text
    assert subjects(page) == ["M2"]
    assert subjects(browser.get("/messages?view=archived")) == ["M1", "M0"]
    assert badges(browser.get("/messages"))[0] == "1 unread"
    page = do(browser, csrf, "/messages?view=archived", "restore", first)
    assert "1 message is in the inbox again." in page.text
    assert subjects(page) == ["M1"]
    page = do(browser, csrf, "/messages", "read", third)
    assert "1 message is marked as read." in page.text
    assert subjects(browser.get("/messages?view=unread")) == ["M0"]
    assert "Tick the messages first" in do(browser, csrf, "/messages", "archive").text
    token = csrf(browser.get("/messages"))
    assert browser.post("/messages", data={"csrf_token": token, "action": "delete"}).status_code == 400
    assert browser.post("/messages", data={"action": "read_all"}).status_code == 400


def test_all_at_once(arrive: Arrive, post: Post, csrf: Csrf) -> None:
    post(), post(), post("filing")
    browser = arrive()
    assert "2 messages are marked as read" in do(browser, csrf, "/messages?service=notices", "read_all").text
    assert badges(browser.get("/messages")) == ["1 unread", "1 unread", "1 unread"]
    assert "1 message is marked as read" in do(browser, csrf, "/messages", "read_all").text
    assert badges(browser.get("/messages")) == []


def test_page_after_page(arrive: Arrive, send: Callable[..., TestResponse], csrf: Csrf) -> None:
    batch = [{"sub": "alice-1", "subject": f"M{number}", "body": "x"} for number in range(60)]
    send(content={"messages": batch})
    browser, seen, path = arrive(), [], "/messages?service=notices"
    while path:
        page = browser.get(path)
        found = subjects(page)
        assert 0 < len(found) <= 25
        seen += found
        older = re.search(r'id="older" href="([^"]+)"|href="([^"]+)" id="older"', page.text)
        path = older[1].replace("&amp;", "&") if older else ""
        # What comes meanwhile moves nothing.
        send(subject="New")
    assert seen == [f"M{number}" for number in reversed(range(60))]
    assert subjects(browser.get("/messages?before=nothing"))[0] == "New"


def test_search(arrive: Arrive, post: Post, csrf: Csrf) -> None:
    post(subject="Straße der Gebühren", body="100 % sure_thing")
    kept = post("filing", subject="Other", body="<p>A <b>kettle</b> design</p>", format="html")
    browser = arrive()
    for query, found in (
        ("STRASSE", ["Straße der Gebühren"]),
        ("gebühren sure", ["Straße der Gebühren"]),
        ("kettle", ["Other"]),
        ("Kettle DESIGN", ["Other"]),
        ("<b>", []),
        ("%", ["Straße der Gebühren"]),
        ("100_", []),
        ("kettle sure", []),
        ("", ["Other", "Straße der Gebühren"]),
    ):
        assert subjects(browser.get("/messages", query_string={"q": query})) == found, query
    assert subjects(browser.get("/messages?q=kettle&service=notices")) == []
    do(browser, csrf, "/messages", "archive", kept)
    assert "Search in the archive" in browser.get("/messages?q=kettle").text
    assert subjects(browser.get("/messages?q=kettle&view=archived")) == ["Other"]
    assert '"&lt;b&gt;"' in browser.get("/messages", query_string={"q": "<b>"}).text


def test_what_has_expired_is_gone(arrive: Arrive, post: Post, clock: Any) -> None:
    message = post(subject="Soon gone", expires_at="2199-01-01T00:00:00Z")
    post(subject="Stays")
    browser = arrive()
    assert "disappears on" in browser.get(f"/messages/{message}").text
    from datetime import UTC, datetime

    soon = datetime.fromtimestamp(clock() + 60, UTC).isoformat()
    other = post(subject="Sooner gone", expires_at=soon)
    assert subjects(browser.get("/messages")) == ["Sooner gone", "Stays", "Soon gone"]
    assert badges(browser.get("/messages"))[0] == "2 unread"
    clock.offset = 61
    assert subjects(browser.get("/messages")) == ["Stays", "Soon gone"]
    assert badges(browser.get("/messages"))[0] == "1 unread"
    gone = browser.get(f"/messages/{other}")
    assert gone.status_code == 404
    assert "may have expired" in gone.text


def test_a_muted_service_comes_read_and_without_a_number(arrive: Arrive, post: Post, csrf: Csrf) -> None:
    post("filing")
    browser, other = arrive(), arrive("bob-2")
    token = csrf(browser.get("/messages/services"))
    form = {"csrf_token": token, "service": "filing", "muted": "filing"}
    page = browser.post("/messages/services", data=form, follow_redirects=True)
    assert "Your choices are saved." in page.text
    post("filing", subject="Quiet"), post("notices", subject="Loud")
    post("filing", sub="bob-2", subject="Bob’s")
    assert subjects(browser.get("/messages")) == ["Loud", "Quiet", "Fees"]
    assert subjects(browser.get("/messages?view=unread")) == ["Loud", "Fees"]
    assert subjects(other.get("/messages?view=unread")) == ["Bob’s"]
    browser.post("/messages/services", data=form | {"muted": ""})
    post("filing", subject="Heard")
    assert subjects(browser.get("/messages?view=unread")) == ["Heard", "Loud", "Fees"]
    assert browser.post("/messages/services", data=form | {"service": "nobody"}).status_code == 404


def test_html_is_made_harmless(arrive: Arrive, post: Post) -> None:
    body = '<p onclick="x()">Pay <a href="https://evil.example/">https://bank.example</a></p><script>x()</script>'
    message = post(subject="1 < 2 & 3", body=body, format="html")
    page = arrive().get(f"/messages/{message}").text
    assert "1 &lt; 2 &amp; 3" in page
    article = page.partition("<article")[2].partition("</article>")[0]
    assert "onclick" not in article
    assert "<script" not in article
    assert "(<bdi>evil.example</bdi>)" in article


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_strangers_sign_in_first(client: FlaskClient, post: Post, csrf: Csrf, method: str) -> None:
    message = post()
    token = csrf(client.get("/messages"))
    for path in ("/messages", f"/messages/{message}", "/messages/services"):
        response = client.open(path, method=method, data={"csrf_token": token} if method == "POST" else None)
        assert response.status_code in {303, 400}
        assert "Fees" not in response.text
