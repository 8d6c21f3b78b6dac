"""The pages, through the provider's door, with a key that answers as a browser would have it do."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from tests.support.clock import TurnedClock
from tests.support.provider import ISSUER, ProviderUnderTest, csrf, make_provider
from tests.support.strong import prove_address
from tests.support.virtual_keys import MODEL, Maker, SoftwareKey

ADD = "/account/security/passkeys/add"
OTHER = "11111111-2222-3333-4444-555555555555"


def signed_in(idp: ProviderUnderTest, username: str = "alice") -> Client:
    browser = idp.browser()
    page = browser.get("/account", base_url=ISSUER)
    assert idp.sign_in(browser, page.location, username).location == "/account"
    prove_address(idp, username)
    return browser


def options(page: TestResponse) -> Any:
    found = re.search(r"data-key='([^']+)'", page.text)
    assert found, page.text
    return json.loads(unescape(found[1]))


def post(browser: Client, path: str, page: TestResponse, **fields: str) -> TestResponse:
    return browser.post(path, data={"csrf_token": csrf(page.text), **fields}, base_url=ISSUER)


def add(browser: Client, key: SoftwareKey, path: str = ADD, **lies: Any) -> TestResponse:
    page = browser.get(path, base_url=ISSUER)
    return post(browser, path, page, kind="passkey", credential=key.create(options(page)["passkey"], **lies))


def sign_in_page(idp: ProviderUnderTest) -> tuple[Client, str, TestResponse]:
    browser = idp.browser()
    path = browser.get("/account", base_url=ISSUER).location
    return browser, path, browser.get(path, base_url=ISSUER)


def asked(browser: Client, path: str) -> dict[str, Any]:
    return browser.get(f"{path}/passkey/options", base_url=ISSUER).get_json()


def test_a_passkey_is_added_named_and_signs_in(idp: ProviderUnderTest) -> None:
    owner, key = signed_in(idp), SoftwareKey()
    added = add(owner, key, f"{ADD}?next=/account/profile")
    assert added.status_code == 303
    page = owner.get(added.location, base_url=ISSUER)
    assert "Your passkey is ready" in page.text
    named = post(owner, added.location, page, name="My  phone")
    assert named.location == "/account/profile"
    assert "data-passkey-signals" in owner.get("/account/profile", base_url=ISSUER).text
    assert "My phone" in owner.get("/account/security", base_url=ISSUER).text

    browser, path, page = sign_in_page(idp)
    answer = key.get(asked(browser, path))
    done = post(browser, f"{path}/passkey", page, credential=answer, remember="y")
    assert done.location == "/account"
    assert "Max-Age" in " ".join(done.headers.getlist("Set-Cookie"))
    assert browser.get("/account", base_url=ISSUER).status_code == 200


def test_what_isnt_a_key_comes_back_with_a_reason(idp: ProviderUnderTest) -> None:
    owner, key = signed_in(idp), SoftwareKey()
    wrong = add(owner, key, origin="http://localhost:9999")
    assert (wrong.status_code, "so it wasn’t added" in wrong.text) == (422, True)
    assert "Nothing came from your key" in post(owner, ADD, wrong).text
    assert "came through another website" in add(owner, key, cross_origin=True).text
    assert options(wrong)["passkey"]["challenge"] != options(owner.get(ADD, base_url=ISSUER))["passkey"]["challenge"]


@pytest.mark.parametrize(
    ("policy", "key", "said"),
    [
        ({"ATTESTATION": "required", "ROOTS": "makers"}, {"maker": Maker()}, "didn’t prove its maker"),
        ({"ATTESTATION": "direct", "ALLOWED_AAGUIDS": f'["{MODEL}"]'}, {"aaguid": OTHER}, "This model of key"),
    ],
)
def test_keys_that_the_organization_doesnt_accept(
    tmp_path: Path, clock: TurnedClock, policy: dict[str, str], key: dict[str, Any], said: str
) -> None:
    (tmp_path / "makers").mkdir()
    (tmp_path / "makers" / "sample.pem").write_bytes(Maker().root_pem)
    settings = {f"IDP_STRONG__WEBAUTHN__{name}": value for name, value in policy.items()}
    if "ROOTS" in policy:
        settings["IDP_STRONG__WEBAUTHN__ROOTS"] = str(tmp_path / policy["ROOTS"])
    provider = make_provider(tmp_path, clock, **settings)
    refused = add(signed_in(ProviderUnderTest(provider, clock)), SoftwareKey(**key))
    assert (refused.status_code, said in refused.text) == (422, True)
    provider.core.database.close()


def test_nobody_names_somebody_elses_key(idp: ProviderUnderTest) -> None:
    page = add(signed_in(idp), SoftwareKey()).location
    assert signed_in(idp, "bob").get(page, base_url=ISSUER).status_code == 404
    assert signed_in(idp, "bob").get(page.replace("/0", "/9"), base_url=ISSUER).status_code == 404


def test_adding_needs_a_recent_sign_in(idp: ProviderUnderTest) -> None:
    owner = signed_in(idp)
    idp.clock.now += 3600
    assert owner.get(ADD, base_url=ISSUER).location.startswith("/sign-in/")


def test_a_refused_passkey_brings_the_sign_in_page_back(idp: ProviderUnderTest) -> None:
    key = SoftwareKey()
    add(signed_in(idp), key)
    browser, path, page = sign_in_page(idp)
    assert "data-refused" not in page.text
    again = post(browser, f"{path}/passkey", page, credential=key.get(asked(browser, path), origin="http://a.example"))
    assert again.status_code == 422
    assert "data-refused" in again.text
    assert "data-unknown-key" not in again.text
    assert browser.get(f"{path}/passkey", base_url=ISSUER).location == path
    # and the password still works from there
    assert f'action="{path}" novalidate' in again.text
    assert idp.sign_in(browser, path).location.startswith(f"{path}/with/webauthn")


def test_a_browser_is_told_which_passkey_to_forget(idp: ProviderUnderTest) -> None:
    stranger = SoftwareKey()
    stranger.create({"pubKeyCredParams": [{"alg": -7}], "user": {"id": "aA"}, "rp": {"id": "x"}, "challenge": "YQ"})
    browser, path, page = sign_in_page(idp)
    refused = post(browser, f"{path}/passkey", page, credential=stranger.get(asked(browser, path)))
    assert f'data-unknown-key="{stranger.credentials[0].id}"' in refused.text


def test_who_has_to_prove_it_again_does_so_with_their_own(idp: ProviderUnderTest) -> None:
    owner, key, other_key = signed_in(idp), SoftwareKey(), SoftwareKey()
    add(owner, key)
    add(signed_in(idp, "bob"), other_key)
    idp.clock.now += 3600
    path = owner.get(ADD, base_url=ISSUER).location
    page = owner.get(path, base_url=ISSUER)
    question = asked(owner, path)
    assert [one["id"] for one in question["allowCredentials"]] == [key.credentials[0].id]
    wrong = post(owner, f"{path}/passkey", page, credential=other_key.get({**question, "allowCredentials": []}))
    assert "belongs to another account" in wrong.text
    somebody_else = owner.get(f"{path}?other=1", base_url=ISSUER).text
    assert f'data-passkey="{path}/passkey/options?other=1"' in somebody_else
    assert f'action="{path}/passkey?other=1"' in somebody_else
    assert owner.get(f"{path}/passkey/options?other=1", base_url=ISSUER).get_json()["allowCredentials"] == []
    right = post(owner, f"{path}/passkey", page, credential=key.get(asked(owner, path)))
    assert right.location == ADD


def test_another_browser_gets_no_question_of_this_sign_in(idp: ProviderUnderTest) -> None:
    _browser, path, _page = sign_in_page(idp)
    assert idp.browser().get(f"{path}/passkey/options", base_url=ISSUER).status_code == 400


def test_password_managers_find_the_pages(idp: ProviderUnderTest) -> None:
    found = idp.browser().get("/.well-known/passkey-endpoints", base_url=ISSUER)
    assert found.get_json() == {"enroll": f"{ISSUER}{ADD}", "manage": f"{ISSUER}/account/security"}
    assert found.headers["Cache-Control"] == "public, max-age=3600"
