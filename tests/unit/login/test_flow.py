"""The table of what a sign-in still needs."""

import pytest

from idp.login.flow import AskConsent, ChooseAccount, Known, Prove, Step, next_step
from idp.oauth.ports import Asked, Authentication, Refused

NOW = 1_000_000
ALICE = Authentication("alice", "s1", NOW - 500, "aal1", ("pwd",))
BOB = Authentication("bob", "s2", NOW - 50, "aal1", ("pwd",))
SCOPE = ("openid", "email")


def asked(*prompt: str, first_party: bool = True, max_age: int | None = None, hint: str = "") -> Asked:
    return Asked("c", "Service", first_party, SCOPE, prompt=frozenset(prompt), max_age=max_age, subject_hint=hint)


def known(
    *sessions: Authentication, chosen: str = "", fresh: bool = False, consented: str = "", allowed: bool = False
) -> Known:
    return Known(NOW, sessions, chosen=chosen, fresh=fresh, consented=frozenset(consented.split()), allowed=allowed)


def refused(error: str) -> Refused:
    return Refused(error, "The person would have to be asked.")


@pytest.mark.parametrize(
    ("asked", "known", "step"),
    [
        # nobody is signed in
        (asked(), known(), Prove()),
        (asked("none"), known(), refused("login_required")),
        (asked("select_account"), known(), Prove()),
        # somebody is
        (asked(), known(ALICE), ALICE),
        (asked("none"), known(ALICE), ALICE),
        (asked(), known(BOB, ALICE), BOB),
        # proven again
        (asked("login"), known(ALICE), Prove("alice")),
        (asked("login"), known(ALICE, chosen="s1", fresh=True), ALICE),
        (asked(max_age=500), known(ALICE), ALICE),
        (asked(max_age=499), known(ALICE), Prove("alice")),
        (asked("none", max_age=499), known(ALICE), refused("login_required")),
        (asked(max_age=0), known(BOB, chosen="s2", fresh=True), BOB),
        # a new account, whoever is signed in
        (asked("create"), known(ALICE), Prove()),
        (asked("create"), known(ALICE, BOB, chosen="s2", fresh=True), BOB),
        # which account
        (asked("select_account"), known(ALICE, BOB), ChooseAccount()),
        (asked("select_account"), known(ALICE, BOB, chosen="s2"), BOB),
        (asked("select_account", "login"), known(ALICE, BOB, chosen="s1"), Prove("alice")),
        (asked(hint="bob"), known(ALICE, BOB), BOB),
        (asked(hint="carol"), known(ALICE, BOB), Prove()),
        (asked("none", hint="carol"), known(ALICE), refused("login_required")),
        # the session that was chosen has ended meanwhile
        (asked(), known(ALICE, chosen="s9"), Prove()),
        # consent
        (asked(first_party=False), known(ALICE), AskConsent("alice", SCOPE)),
        (asked("none", first_party=False), known(ALICE), refused("consent_required")),
        (asked(first_party=False), known(ALICE, consented="openid"), AskConsent("alice", SCOPE)),
        (asked(first_party=False), known(ALICE, consented="openid email phone"), ALICE),
        (asked("none", first_party=False), known(ALICE, consented="openid email"), ALICE),
        (asked(first_party=False), known(ALICE, allowed=True), ALICE),
        (asked("consent"), known(ALICE, consented="openid email"), AskConsent("alice", SCOPE)),
        (asked("consent"), known(ALICE, allowed=True), ALICE),
    ],
)  # fmt: skip
def test_next_step(asked: Asked, known: Known, step: Step) -> None:
    assert next_step(asked, known) == step


def test_signing_in_as_somebody_else_than_hinted_is_an_error() -> None:
    step = next_step(asked(hint="alice"), known(BOB, ALICE, chosen="s2", fresh=True))

    assert isinstance(step, Refused)
    assert step.error == "login_required"
