"""What a person does with a certificate later: renew it in time, revoke it; guides for their own system first."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from clients.certificates import issued, trail
from clients.certificates.devices import GUIDES, device_of
from tests.unit.clients.certificates.conftest import csr, send

Arrive = Callable[..., FlaskClient]
Ask = Callable[..., tuple[str, str]]
Decide = Callable[..., TestResponse]
Change = Callable[[str], None]
Own = Callable[[FlaskClient], str]


@pytest.fixture
def own(ask: Ask, decide: Decide) -> Own:
    """Give somebody a certificate; returns its address."""

    def run(browser: FlaskClient) -> str:
        address, _ = ask(browser)
        decide(address)
        return send(browser, f"{address}/pick-up", form=address).location.removesuffix("/install")

    return run


def test_renewed_in_one_click(arrive: Arrive, own: Own, change: Change, clock: Any) -> None:
    alice = arrive(strong=True)
    address = own(alice)
    assert "It is too early" in alice.get(f"{address}/renew").text
    assert send(alice, f"{address}/renew", request=csr()).status_code == 200
    change(f"UPDATE certificate SET not_after = {int(clock()) + 30 * 24 * 3600}")
    assert "Renew</a>" in alice.get("/certificates").text
    assert "didn’t prove" in send(alice, f"{address}/renew", request=csr(signed_by="nobody")).text
    done = send(alice, f"{address}/renew", request=csr())
    assert done.location.endswith("/install")
    assert done.location != f"{address}/install"
    # A double click gets the same one.
    assert send(alice, f"{address}/renew", form="/certificates", request=csr()).location == done.location
    page = alice.get(address).text
    assert "Renewed by" in page
    assert alice.get(done.location).status_code == 200


def test_a_name_that_no_officer_has_seen_is_not_certified(  # noqa: PLR0917 - fixtures
    arrive: Arrive, own: Own, change: Change, decide: Decide, certificates: Any, clock: Any
) -> None:
    alice = arrive(strong=True, name="Alice Moreau")
    address = own(alice)
    change(f"UPDATE certificate SET not_after = {int(clock()) + 30 * 24 * 3600}")
    renamed = arrive(strong=True, name="Alice Mallory")
    page = renamed.get(f"{address}/renew").text
    assert "one has to look at the new name first" in page
    assert "nobody has to approve it" not in page
    asked = send(renamed, f"{address}/renew", request=csr())
    assert "Keep your enrolment code" in asked.text
    # A double click asks once.
    again = send(renamed, f"{address}/renew", request=csr())
    assert again.location == "/certificates"
    assert "You have asked for a certificate already" in renamed.get(again.location).text
    request = re.search(r"/certificates/requests/[\w-]+", asked.text)
    assert request
    assert renamed.get(f"{request[0]}/install").status_code == 404
    with certificates.app_context():
        (before,) = issued.of_person("alice-1")
        (event,) = [one for one in trail.of_person("alice-1") if one.action == "ask" and one.serial]
        assert (event.serial, event.detail.partition(" ")[2]) == (before.serial, f"another name than {before.serial}")

    officer = arrive("olga-2", roles=("certificate_officer",))
    seen = officer.get(f"/officer{request[0].removeprefix('/certificates')}").text
    assert "Renews, under another name" in seen
    assert "Alice Mallory" in seen
    assert "Alice Moreau" in seen
    decide(request[0], by=officer)
    made = send(renamed, f"{request[0]}/pick-up", form=request[0]).location
    assert made.endswith("/install")
    with certificates.app_context():
        (after,) = [one for one in issued.of_person("alice-1") if one.serial != before.serial]
        assert (after.name, after.replaces) == ("Alice Mallory", before.serial)
    # It is the renewal: the old one isn't renewed a second time under its old name.
    assert (
        send(arrive(strong=True, name="Alice Moreau"), f"{address}/renew", form="/certificates", request=csr()).location
        == made
    )


def test_a_renewal_from_before_that_no_officer_saw_is_looked_at(
    arrive: Arrive, own: Own, change: Change, clock: Any
) -> None:
    alice = arrive(strong=True, name="Alice Moreau")
    address = own(alice)
    change(f"UPDATE certificate SET not_after = {int(clock()) + 30 * 24 * 3600}")
    renewed = send(alice, f"{address}/renew", request=csr()).location.removesuffix("/install")
    # So it was before: a renewal took the name that the profile had then.
    change("UPDATE certificate SET name = 'Alice Mallory' WHERE replaces <> ''")
    change(f"UPDATE certificate SET not_after = {int(clock()) + 30 * 24 * 3600}")
    mallory = arrive(strong=True, name="Alice Mallory")
    assert "one has to look at the new name first" in mallory.get(f"{renewed}/renew").text
    assert "nobody has to approve it" in arrive(strong=True, name="Alice Moreau").get(f"{renewed}/renew").text


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE certificate SET not_after = 1", "This certificate has ended"),
        ("UPDATE certificate SET revoked_at = 1, reason = 'superseded'", "This certificate is revoked"),
    ],
)
def test_what_cant_be_renewed(arrive: Arrive, own: Own, change: Change, sql: str, said: str) -> None:
    alice = arrive(strong=True)
    address = own(alice)
    change(sql)
    assert said in alice.get(f"{address}/renew").text
    assert said in send(alice, f"{address}/renew", form="/certificates", request=csr()).text
    assert "Past certificates" in alice.get("/certificates").text


def test_renewing_and_new_codes_need_a_strong_sign_in(arrive: Arrive, own: Own, ask: Ask) -> None:
    alice, bob = arrive(), arrive("bob-1")
    address = own(alice)
    for path in (f"{address}/renew", f"{ask(bob)[0]}/code"):
        location = (alice if path.startswith(address) else bob).get(path).location
        assert "acr_values=aal2" in location or "aal2" in location
        assert re.search(r"max_age=(600|300)", location)


def test_a_lost_code_is_replaced(arrive: Arrive, ask: Ask, decide: Decide) -> None:
    alice = arrive(strong=True)
    address, code = ask(alice)
    shown = send(alice, f"{address}/code")
    replaced = re.search(r'id="code" dir="ltr">([^<]+)', shown.text)
    assert replaced
    assert replaced[1] != code
    decide(address)
    elsewhere = f"{address}/pick-up-elsewhere"
    assert "isn’t the enrolment code" in send(alice, elsewhere, form=address, code=code, request=csr()).text
    assert send(alice, elsewhere, form=address, code=replaced[1], request=csr()).status_code == 303
    assert alice.get(f"{address}/code").location == address


def test_wrong_codes_are_slowed_then_locked(arrive: Arrive, ask: Ask, decide: Decide, change: Change) -> None:
    alice = arrive(strong=True)
    address, code = ask(alice)
    decide(address)
    elsewhere = f"{address}/pick-up-elsewhere"

    def attempt(typed: str = "WRONG-WRONG") -> TestResponse:
        return send(alice, elsewhere, form=address, code=typed, request=csr())

    assert [attempt().status_code for _ in range(5)] == [422] * 4 + [429]
    slow = attempt(code)
    assert slow.status_code == 429
    assert "Too many wrong codes. Wait 1 min." in slow.text
    for number in range(5):
        change("UPDATE enrolment SET wait_until = 0")
        answer = attempt()
        assert ("This code is locked" in answer.text) == (number == 4), number
    change("UPDATE enrolment SET wait_until = 0")
    assert "This code is locked" in attempt(code).text
    # A new one opens it again; the enrolling browser never needed any.
    shown = send(alice, f"{address}/code")
    replaced = re.search(r'id="code" dir="ltr">([^<]+)', shown.text)
    assert replaced
    assert attempt(replaced[1]).status_code == 303


def test_revoked_for_good(arrive: Arrive, own: Own) -> None:
    alice = arrive()
    address = own(alice)
    assert "can’t be undone" in alice.get(f"{address}/revoke").text
    assert "Choose why." in send(alice, f"{address}/revoke").text
    assert send(alice, f"{address}/revoke", reason="key_compromise").location == address
    assert "Revoked</span>" in alice.get(address).text
    assert send(alice, f"{address}/revoke", form="/certificates", reason="superseded").location == address
    assert "was revoked already" in alice.get(address).text


@pytest.mark.parametrize(
    ("agent", "device", "guide"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows", "windows"),
        ("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Windows", "firefox"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1 Version/18.0 Safari/605.1", "Safari · macOS", "safari"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome · macOS", "macos"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 CriOS/140.0 Mobile Safari/604.1", "Chrome · iOS", "ios"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome · Android", "android"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome · Linux", "chrome"),
        ("something else", "", "windows"),
    ],
)  # fmt: skip
def test_ones_own_system_first(arrive: Arrive, agent: str, device: str, guide: str) -> None:
    assert str(device_of(agent)) == device
    page = arrive().get("/certificates/guide", headers={"User-Agent": agent}).text
    shown = re.findall(r'id="guide-(\w+)"( open)?', page)
    assert shown[0] == (guide, " open")
    assert sorted(name for name, _ in shown) == sorted(GUIDES)
    assert [opened for _, opened in shown[1:]] == [""] * 7
