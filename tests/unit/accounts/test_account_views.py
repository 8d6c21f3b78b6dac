import re

import pytest

from idp.accounts.guard import RECENT
from tests.support.account_pages import Visitor, words
from tests.support.people import HERE, PASSWORD, People

PAGES = ["/account", "/account/profile", "/account/email", "/account/recovery-email", "/account/recovery-email/remove"]
PAGES += ["/account/password", "/account/sessions", "/account/services"]
NEW = "seven green lanterns drift"


@pytest.fixture
def account_id(people: People, visitor: Visitor) -> str:
    account_id = people.create()
    visitor.sign_in(people.start(account_id))
    return account_id


@pytest.mark.parametrize("path", PAGES)
def test_who_is_not_signed_in_comes_back_after_it(visitor: Visitor, path: str) -> None:
    answer = visitor.get(f"{path}?x=1")
    assert (answer.status_code, answer.location) == (302, f"/sign-in?next={path}?x=1")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.usefixtures("account_id")
def test_every_page(visitor: Visitor, path: str) -> None:
    page = visitor.get(path)
    assert page.status_code == 200
    assert '<details class="menu"' in page.text
    assert 'id="sign-out"' in page.text
    assert page.text.count('aria-current="page"') == 1


@pytest.mark.usefixtures("account_id")
def test_ways_in_are_changed_only_after_a_recent_sign_in(people: People, visitor: Visitor) -> None:
    people.now += RECENT + 1
    for path in ("/account/email", "/account/recovery-email", "/account/recovery-email/remove"):
        assert visitor.get(path).location == f"/prove?next={path}"
    assert visitor.get("/account/profile").status_code == 200


def test_the_profile_is_kept(people: People, visitor: Visitor, account_id: str) -> None:
    form = {
        "name": "Carla E.",
        "language": "en",
        "country": "CH",
        "time_zone": "Europe/Zurich",
        "phone": "+41 22 338 91 11",
    }
    assert visitor.fill("/account/profile", **form).status_code == 303
    claims = people.accounts.claims.for_subject(account_id)
    assert claims
    assert (claims["name"], claims["zoneinfo"], claims["phone_number"]) == (
        "Carla E.",
        "Europe/Zurich",
        "+41 22 338 91 11",
    )
    page = visitor.get("/account/profile")
    assert "Your profile is saved." in words(page)
    assert 'selected value="CH"' in page.text
    assert visitor.fill("/account/profile", **form | {"phone": "call me"}).status_code == 422
    assert visitor.fill("/account/profile", **form | {"time_zone": "Moon/Crater"}).status_code == 422


@pytest.mark.usefixtures("account_id")
def test_the_password(people: People, visitor: Visitor) -> None:
    wrong = visitor.fill("/account/password", current_password="x", password=NEW)
    assert 'id="current_password-error"' in wrong.text
    right = visitor.fill("/account/password", current_password=PASSWORD, password=NEW)
    assert right.location == "/account/sessions"
    assert [mail["template"] for mail in people.post()] == ["password_changed"]
    assert visitor.get("/account").status_code == 200, "with the cookie that came with the answer"


def test_a_new_password_is_not_made_of_the_persons_addresses(people: People, visitor: Visitor, account_id: str) -> None:
    people.add_recovery_email(account_id, "tractor.lantern@example.net")
    for new in ("tractor.lantern@example.net", "Lantern-tractor-lantern"):
        page = visitor.fill("/account/password", current_password=PASSWORD, password=new)
        assert "easy to guess" in page.text


@pytest.mark.parametrize("path", ["/account/password", "/create-account"])
@pytest.mark.usefixtures("account_id")
def test_a_password_field_hides_what_is_typed_and_takes_it_from_anywhere(visitor: Visitor, path: str) -> None:
    fields = re.findall(r"<input[^>]*assword[^>]*>", visitor.get(path).text)
    assert fields
    for field in fields:
        assert 'type="password"' in field
        assert 'autocomplete="current-password"' in field or 'autocomplete="new-password"' in field
        assert not re.search(r"\b(onpaste|oncopy|readonly|maxlength)\b", field)


@pytest.mark.usefixtures("account_id")
def test_after_a_new_password_one_goes_on_where_one_was(visitor: Visitor) -> None:
    path = "/account/password?next=/sign-in/01abc/proceed"
    assert visitor.fill(path, current_password=PASSWORD, password=NEW).location == "/sign-in/01abc/proceed"
    evil = "/account/password?next=//evil.example"
    assert visitor.fill(evil, current_password=NEW, password=PASSWORD).location == "/account/sessions"


def test_a_longer_password_is_advised_once(people: People, visitor: Visitor) -> None:
    short = "x7#Lq9!vR2"
    account_id = people.create("short", "short@example.org", password=short)
    visitor.sign_in(people.start(account_id))
    people.accounts.password_advice.note(account_id, short)
    assert "at least 15 characters here, and yours has fewer" in words(visitor.get("/account"))
    assert "yours has fewer" not in words(visitor.get("/account"))


def test_sessions_end_one_by_one_or_all(people: People, visitor: Visitor, account_id: str) -> None:
    others = [people.start(account_id) for _ in range(3)]
    page = visitor.get("/account/sessions")
    assert words(page).count("Firefox, Linux") == 8  # four sessions, four sign-ins
    sid = others[0].partition(".")[0]
    visitor.fill("/account/sessions", sid=sid)
    assert [bool(people.accounts.sessions.find(value)) for value in others] == [False, True, True]
    visitor.fill("/account/sessions", sid="others")
    assert not any(people.accounts.sessions.find(value) for value in others)
    assert visitor.get("/account").status_code == 200
    ended = visitor.fill("/account/sessions", sid="all")
    assert "sso_0=;" in ended.headers["Set-Cookie"]
    assert visitor.get("/account").status_code == 302


@pytest.mark.usefixtures("account_id")
def test_services_are_revoked(visitor: Visitor) -> None:
    assert "Filing" in words(visitor.get("/account/services"))
    visitor.fill("/account/services", client_id="filing")
    page = words(visitor.get("/account/services"))
    assert "Filing no longer has access." in page
    assert page.count("Remove access") == 1


def test_another_address(people: People, visitor: Visitor, account_id: str) -> None:
    path = visitor.fill("/account/email", email="new@example.org").location
    (code,) = [mail["context"]["code"] for mail in people.post() if mail["to"] == "new@example.org"]
    assert visitor.fill(path, code=code).location == "/account/email"
    assert people.accounts.addresses.of_account(account_id)[0]["address"] == "new@example.org"


@pytest.mark.usefixtures("account_id")
@pytest.mark.parametrize("page", ["email", "recovery-email"])
def test_a_double_click_on_a_confirmation_is_no_error(people: People, visitor: Visitor, page: str) -> None:
    path = visitor.fill(f"/account/{page}", email="new@example.org").location
    (code,) = [mail["context"]["code"] for mail in people.post() if mail["to"] == "new@example.org"]
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', visitor.get(path).text)
    assert token
    for _click in range(2):
        answer = visitor._client.post(path, data={"csrf_token": token[1], "code": code})
        assert (answer.status_code, answer.location) == (303, f"/account/{page}")
    # What somebody else's code, or an older one, did is no answer to this one.
    other = visitor.fill(f"/account/{page}", email="another@example.org").location
    assert visitor._client.post(other, data={"csrf_token": token[1], "code": code}).status_code == 422


def test_a_recovery_address(people: People, visitor: Visitor, account_id: str) -> None:
    assert "own address" in words(visitor.fill("/account/recovery-email", email="carla@example.org"))
    path = visitor.fill("/account/recovery-email", email="spare@example.net").location
    _, code = people.proof()
    assert visitor.fill(path, code=code).location == "/account/recovery-email"
    assert "Can be used from" in words(visitor.get("/account/recovery-email"))
    assert "waiting" in words(visitor.get("/account"))
    visitor.fill("/account/recovery-email/remove")
    assert len(people.accounts.addresses.of_account(account_id)) == 1


def test_nobody_takes_the_code_of_somebody_else(people: People, visitor: Visitor, account_id: str) -> None:
    other = people.create("dora", "dora@example.org")
    theirs = people.accounts.addresses.request(other, "new@example.org", HERE)
    assert visitor.get(f"/account/email/confirm?c={theirs}").location == "/account/email"
    assert account_id
