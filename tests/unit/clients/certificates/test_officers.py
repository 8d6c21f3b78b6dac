"""What officers see and do, who isn't one, and two who decide at once."""

import re
from collections.abc import Callable

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.unit.clients.certificates.conftest import PURPOSE, csr, send

Arrive = Callable[..., FlaskClient]
Ask = Callable[..., tuple[str, str]]
Decide = Callable[..., TestResponse]
OFFICER = ("certificate_officer",)


def test_only_for_officers(arrive: Arrive, ask: Ask) -> None:
    alice, finn = arrive(), arrive("finn-1", roles=("finance_officer", "administrator"))
    address, _ = ask(alice)
    detail = f"/officer{address.removeprefix('/certificates')}"
    for browser in (alice, finn):
        for path in ("/officer", "/officer/decided", "/officer/certificates", detail, "/officer/certificates/00"):
            assert browser.get(path).status_code == 403, path
        assert send(browser, detail, form="/certificates", decision="approve").status_code == 403
        assert "/officer" not in browser.get("/certificates").text
    assert "Your request is waiting" in alice.get(address).text


def test_the_queue_and_what_helps_to_decide(arrive: Arrive, ask: Ask, officer: FlaskClient) -> None:
    vlad = arrive("vlad-1", name="Владимир <b>")
    address, _ = ask(vlad)
    queue = officer.get("/officer").text
    assert "Requests (1)" in queue
    assert "Владимир &lt;b&gt;" in queue
    assert PURPOSE in queue
    detail = officer.get(f"/officer{address.removeprefix('/certificates')}").text
    for said in (
        "Vladimir",
        "vlad-1@example.org",
        PURPOSE,
        "Fingerprint of the key",
        "None so far.",
        "Asked for a certificate",
    ):
        assert said in detail, said
    assert officer.get("/officer/requests/nothing").status_code == 404
    assert officer.get("/officer/certificates/zz").status_code == 404


def test_nobody_decides_on_their_own(ask: Ask, decide: Decide, arrive: Arrive) -> None:
    olga = arrive("olga-1", roles=OFFICER)
    address, _ = ask(olga)
    page = olga.get(f"/officer{address.removeprefix('/certificates')}").text
    assert "another officer has to decide" in page
    assert 'id="approve"' not in page
    assert decide(address, by=olga).status_code == 303
    assert "Your request is waiting" in olga.get(address).text
    assert decide(address, by=arrive("otto-1", roles=OFFICER)).location == "/officer"
    assert "Pick up your certificate" in olga.get(address).text


def test_two_officers_at_once(arrive: Arrive, ask: Ask, decide: Decide, officer: FlaskClient) -> None:
    alice = arrive()
    address, _ = ask(alice)
    assert decide(address, "reject", "Who are you?").location == "/officer"
    otto = arrive("otto-1", roles=OFFICER)
    late = decide(address, by=otto)
    assert late.location.endswith(address.removeprefix("/certificates"))
    page = otto.get(late.location).text
    assert "Nothing was changed" in page
    assert "by Olga-1" in page
    assert "was rejected" in alice.get(address).text
    assert "Who are you?" in officer.get("/officer/decided").text


def test_a_double_click_on_a_decision_says_that_it_is_stored(
    arrive: Arrive, ask: Ask, decide: Decide, officer: FlaskClient
) -> None:
    for decision in ("approve", "reject"):
        address, _ = ask(arrive(f"{decision}-1"))
        assert decide(address, decision, "No").location == "/officer"
        page = f"/officer{address.removeprefix('/certificates')}"
        token = re.search(r'name="csrf_token" value="([^"]+)"', officer.get("/officer").text)
        again = officer.post(page, data={"csrf_token": token[1] if token else "", "decision": decision, "answer": "No"})
        assert again.location == page
        assert "Your decision is stored already." in officer.get(page).text


def test_taken_back_before_it_was_decided(arrive: Arrive, ask: Ask, decide: Decide, officer: FlaskClient) -> None:
    alice = arrive()
    address, _ = ask(alice)
    send(alice, f"{address}/withdraw")
    late = decide(address)
    assert "Nothing was changed" in officer.get(late.location).text
    assert "You have taken this request back" in alice.get(address).text


def test_taken_back_after_it_was_approved(arrive: Arrive, ask: Ask, decide: Decide) -> None:
    alice = arrive()
    address, code = ask(alice)
    decide(address)
    assert send(alice, f"{address}/withdraw").location == "/certificates"
    for path in ("pick-up", "pick-up-elsewhere"):
        late = send(alice, f"{address}/{path}", form="/certificates", code=code, request=csr())
        assert late.status_code == 422
        assert "You have taken this request back" in late.text


def test_finds_and_revokes_any(arrive: Arrive, ask: Ask, decide: Decide, officer: FlaskClient) -> None:
    alice = arrive()
    address, _ = ask(alice)
    decide(address)
    serial = send(alice, f"{address}/pick-up", form=address).location.split("/")[2]
    grouped = " ".join(serial[at : at + 4] for at in range(0, len(serial), 4)).upper()
    for text in ("", "ALICE", grouped, serial[:6]):
        assert f"/officer/certificates/{serial}" in officer.get("/officer/certificates", query_string={"q": text}).text
    for text in ("nobody", "%"):
        assert "No certificate was found" in officer.get("/officer/certificates", query_string={"q": text}).text

    path = f"/officer/certificates/{serial}"
    unexplained = send(officer, path, reason="key_compromise", note=" ")
    assert "Explain it" in unexplained.text
    assert send(officer, path, reason="because", note="x").status_code == 422
    assert send(officer, path, reason="key_compromise", note="A laptop was stolen").location == path
    assert "Revoked. Its owner gets a message" in officer.get(path).text
    assert send(officer, path, form="/officer", reason="superseded", note="again").location == path
    assert "it was revoked already" in officer.get(path).text
    assert "Revoked</span>" in alice.get(f"/certificates/{serial}").text
    assert alice.get(f"/certificates/{serial}/install").location == f"/certificates/{serial}"
