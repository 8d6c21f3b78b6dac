"""Each mail, rendered as it goes out."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import idp.accounts
from idp.accounts.proofs import OF_FACTORS
from idp.notify.mail import MailHandler
from idp.notify.worker import Message
from tests.support.people import HERE, PASSWORD, People

FOLDER = Path(idp.accounts.__file__).parent / "templates" / "mail"
FRAMES = {"notice", "proof", "address_proof"}
TEMPLATES = sorted({path.stem for path in FOLDER.iterdir()} - FRAMES)


@pytest.fixture
def sent(people: People) -> dict[str, dict[str, Any]]:
    """Every mail that these pages can cause, by template."""
    name = {"name": "Carla <b>& Co"}
    mails = []
    people.sign_up("emil", "emil@example.org", **name)
    token, _ = people.proof()
    mails += people.mails
    people.accounts.registration.confirm_link(token, HERE)
    account_id = people.create(**name)
    people.sign_up("frida")
    people.accounts.recovery.forgot_username("carla@example.org", HERE)
    mails += people.post()
    people.accounts.recovery_email.request(account_id, "spare@example.net", HERE)
    token, _ = people.proof()
    mails += people.mails
    people.accounts.recovery_email.confirm_link(token, HERE)
    people.accounts.recovery_email.remove(account_id, HERE)
    with people.database.write() as tx:
        people.accounts.common.notices.tell(tx, account_id, "new_device", HERE)
        people.accounts.lockdown.lock(tx, account_id, HERE)
    mails += _guessed(people)
    for purpose in OF_FACTORS:
        people.accounts.address_proofs.request(account_id, purpose, HERE)
    people.accounts.addresses.request(account_id, "new@example.org", HERE)
    mails += people.post()
    (token,) = [mail["context"]["link"].rpartition("/")[2] for mail in mails if mail["template"] == "confirm_email"]
    people.accounts.addresses.confirm_link(token, HERE)
    people.accounts.recovery.forgot_password("carla", HERE)
    mails += people.post()
    token = people.mails[-1]["context"].get("link", people.mails[0]["context"].get("link", "")).rpartition("/")[2]
    people.accounts.recovery.reset_by_link(token, "seven green lanterns", HERE)
    session = people.accounts.sessions.find(people.start(account_id))
    assert session
    people.accounts.profile.change_password(session, "seven green lanterns", "eight blue lanterns", HERE)
    mails += people.post()
    return {mail["template"]: mail for mail in mails}


def _guessed(people: People) -> list[dict[str, Any]]:
    """Return the mails of an account at which somebody guesses while its owner signs in."""
    people.create("gina", "gina@example.org")
    limit = people.accounts.settings.rate_limits.account_in_a_row.burst
    for day in range(limit + 5):  # a few are forgiven meanwhile
        people.now += 24 * 3600
        people.accounts.sign_in.verify("gina", "wrong", ip=f"198.51.100.{day}", user_agent="test")
    mails = people.post()
    people.accounts.sign_in_codes.request("i1", "gina", PASSWORD, HERE, remember=False)
    return [*mails, *people.post()]


def test_each_of_them_is_sent(sent: dict[str, Any]) -> None:
    assert sorted(sent) == TEMPLATES


@pytest.mark.parametrize("template", TEMPLATES)
def test_text_is_as_good_as_html(app: Flask, people: People, sent: dict[str, dict[str, Any]], template: str) -> None:
    settings = people.accounts.settings
    mail = MailHandler(app, settings.mail, issuer=settings.issuer, service="IP Account").compose(
        Message("01x", sent[template], people.now)
    )
    assert mail["Subject"]
    text, html = (mail.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]
    context = sent[template]["context"]
    for part in ("link", "code", "cancel", "username", "where", "when", "browser", "email", "recovery_email"):
        if context.get(part) and (template not in {"account_exists", "welcome"} or part == "when"):
            assert str(context[part]) in text, part
            assert str(context[part]) in html, part
    assert "<b>" not in html
    assert "{{" not in text + html
    assert "&#39;" not in text
    assert "&amp;" not in text
    if "welcome" not in template and "link" not in context:
        assert "/reset-password" not in text
