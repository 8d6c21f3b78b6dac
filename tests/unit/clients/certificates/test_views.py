"""A person's way to a certificate: the first page, the request, and what is said when it can't be."""

import re
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.unit.clients.certificates.conftest import PURPOSE, csr, send, small_rsa

Arrive = Callable[..., FlaskClient]
Ask = Callable[..., tuple[str, str]]
Decide = Callable[..., TestResponse]
Change = Callable[[str], None]


def test_the_first_page_says_what_it_is_for(arrive: Arrive) -> None:
    alice = arrive()
    assert alice.get("/").location == "/certificates"
    page = alice.get("/certificates").text
    assert "You have no certificate yet" in page
    assert 'href="/certificates/new"' in page


def test_names_are_the_accounts(arrive: Arrive) -> None:
    page = arrive("vlad-1", name="Владимир Петров").get("/certificates/new").text
    assert "Владимир Петров" in page
    assert "Vladimir Petrov" in page
    assert "vlad-1@example.org" in page
    assert not re.search(r'<input[^>]*name="(name|email|username)"', page)


def test_asks_gets_approved_and_picks_up(arrive: Arrive, ask: Ask, decide: Decide) -> None:
    alice = arrive()
    address, code = ask(alice)
    assert re.fullmatch(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){2}", code)
    page = alice.get(address)
    assert "Your request is waiting" in page.text
    assert code not in page.text
    assert send(alice, f"{address}/pick-up", form=address).status_code == 422
    assert decide(address).location == "/officer"
    assert "Pick up your certificate" in alice.get(address).text
    picked_up = send(alice, f"{address}/pick-up", form=address)
    assert re.fullmatch(r"/certificates/[0-9a-f]+/install", picked_up.location)
    # The answer was lost, or a double click: the same one again.
    assert send(alice, f"{address}/pick-up", form="/certificates").location == picked_up.location
    install = alice.get(picked_up.location).text
    assert len(re.findall(r"[\w+/=]{200,}", re.search(r'data-chain="([^"]*)"', install)[1])) == 3  # type: ignore[index]
    assert "Ready to pick up" not in alice.get("/certificates").text
    assert "Back up and install" in alice.get("/certificates").text


def test_another_browser_needs_the_code(arrive: Arrive, ask: Ask, decide: Decide) -> None:
    alice = arrive()
    address, code = ask(alice)
    decide(address)
    elsewhere = f"{address}/pick-up-elsewhere"
    request = csr()
    wrong = send(alice, elsewhere, form=address, code="AAAA-BBBB-CCCC", request=request)
    assert wrong.status_code == 422
    assert "That isn’t the enrolment code of this request." in wrong.text
    # A key that is refused doesn't spend the code.
    refused = send(alice, elsewhere, form=address, code=code, request="")
    assert "isn’t a request for a certificate" in refused.text
    done = send(alice, elsewhere, form=address, code=code.lower().replace("-", " "), request=request)
    assert "/install" in done.location
    # Once more, with either browser: there is one certificate.
    assert send(alice, elsewhere, form="/certificates", code=code, request=csr()).location == done.location
    assert send(alice, f"{address}/pick-up", form="/certificates").location == done.location


def test_one_open_request_at_a_time(arrive: Arrive, ask: Ask) -> None:
    alice = arrive()
    address, _ = ask(alice)
    assert alice.get("/certificates/new").location == address
    assert send(alice, "/certificates/new", form="/certificates", purpose=PURPOSE, request=csr()).location == address
    assert send(alice, f"{address}/withdraw").location == "/certificates"
    assert send(alice, f"{address}/withdraw", form="/certificates").location == address
    assert "You have taken this request back" in alice.get(address).text
    assert ask(alice)[0] != address


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (lambda: "", "isn’t a request for a certificate"),
        (lambda: "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----", "isn’t a request for a certificate"),
        (lambda: csr(signed_by="nobody"), "didn’t prove that it has the key"),
        (lambda: csr(small_rsa()), "too weak"),
        (lambda: csr(ec.generate_private_key(ec.SECP521R1())), "Keys of this kind aren’t certified"),
    ],
)  # fmt: skip
def test_keys_that_arent_taken(arrive: Arrive, request_: Callable[[], str], said: str) -> None:
    alice = arrive()
    answer = send(alice, "/certificates/new", purpose=PURPOSE, request=request_())
    assert answer.status_code == 422
    assert said in answer.text.partition('id="error"')[2]
    assert PURPOSE in answer.text
    assert "You have no certificate yet" in alice.get("/certificates").text


def test_a_key_is_certified_once(arrive: Arrive, ask: Ask, decide: Decide) -> None:
    alice = arrive()
    key = ec.generate_private_key(ec.SECP256R1())
    address, _ = ask(alice, csr(key))
    decide(address)
    send(alice, f"{address}/pick-up", form=address)
    bob = arrive("bob-1")
    assert "a certificate for this key already" in send(bob, "/certificates/new", purpose="x", request=csr(key)).text


def test_a_purpose_is_needed(arrive: Arrive) -> None:
    answer = send(arrive(), "/certificates/new", purpose=" \n ", request=csr())
    assert answer.status_code == 422
    assert "an officer reads it" in answer.text


def test_rejected_with_a_reason(arrive: Arrive, ask: Ask, decide: Decide) -> None:
    alice = arrive()
    address, _ = ask(alice)
    assert "Give a reason" in decide(address, "reject").text
    assert decide(address, "reject", "Use your <full> name").status_code == 303
    page = alice.get(address).text
    assert "Use your &lt;full&gt; name" in page
    assert "was rejected" in send(alice, f"{address}/pick-up", form="/certificates").text
    assert ask(alice)


def test_what_nobody_picks_up_ends(arrive: Arrive, ask: Ask, decide: Decide, change: Change) -> None:
    alice = arrive()
    address, code = ask(alice)
    decide(address)
    change("UPDATE enrolment SET expires_at = 1")
    late = send(alice, f"{address}/pick-up-elsewhere", form="/certificates", code=code, request=csr())
    assert "Nobody picked it up in time" in late.text
    assert "Nobody picked it up in time" in alice.get(address).text
    assert ask(alice)


def test_what_is_somebody_elses_isnt_there(arrive: Arrive, ask: Ask, decide: Decide) -> None:
    alice, mallory = arrive(), arrive("mallory-1", strong=True)
    address, code = ask(alice)
    decide(address)
    for path in (
        address,
        f"{address}/withdraw",
        f"{address}/code",
        "/certificates/requests/nothing",
        "/certificates/requests/%00",
    ):
        assert mallory.get(path).status_code == 404, path
    for path in ("withdraw", "pick-up", "pick-up-elsewhere", "code"):
        answer = send(mallory, f"{address}/{path}", form="/certificates", code=code, request=csr())
        assert answer.status_code == 404, path
    serial = send(alice, f"{address}/pick-up", form=address).location.split("/")[2]
    for path in ("", "/install", "/revoke", "/renew"):
        assert mallory.get(f"/certificates/{serial}{path}").status_code == 404, path
    for path in ("/revoke", "/renew"):
        answer = send(
            mallory, f"/certificates/{serial}{path}", form="/certificates", reason="superseded", request=csr()
        )
        assert answer.status_code == 404, path
    assert "Good</span>" in alice.get(f"/certificates/{serial}").text
    for path in ("/certificates/zz", "/certificates/%00", f"/certificates/{serial}%20"):
        assert alice.get(path).status_code == 404


def test_strangers_sign_in(certificates: Flask) -> None:
    for path in (
        "/",
        "/certificates",
        "/certificates/new",
        "/certificates/test",
        "/certificates/requests/x",
        "/officer",
    ):
        assert "/authorize?" in certificates.test_client().get(path).location, path


def test_a_key_is_certified_once_whoever_asks_with_it(arrive: Arrive, ask: Ask, decide: Decide) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    alice, bob = arrive(), arrive("bob-1")
    one, _ = ask(alice, csr(key))
    other, code = ask(bob, csr(key))
    decide(one)
    decide(other)
    assert send(alice, f"{one}/pick-up", form=one).status_code == 303
    late = send(bob, f"{other}/pick-up", form=other)
    assert late.status_code == 422
    assert "There has been a certificate for this key already" in late.text
    # The request is still good, for another key.
    assert send(bob, f"{other}/pick-up-elsewhere", form=other, code=code, request=csr()).status_code == 303
