"""The table of what a sign-in still needs."""

from dataclasses import replace

import pytest

from idp.accounts.strength import HARDWARE, POSSESSION, VERIFIED, Proof, password
from idp.login.flow import (
    AskConsent,
    ChangePassword,
    ChooseAccount,
    Enrol,
    Known,
    LetIn,
    Person,
    Prove,
    ProveAddress,
    ProveMore,
    Standing,
    Step,
    answer,
    next_step,
)
from idp.oauth.ports import Asked, Refused

NOW = 1_000_000
SCOPE = ("openid", "email")
PWD = password(NOW)
OLD_PWD = password(NOW - 500)
TOTP = Proof("totp", NOW, ("otp",), (POSSESSION,))
OLD_TOTP = Proof("totp", NOW - 500, ("otp",), (POSSESSION,))
PASSKEY = Proof("webauthn", NOW, ("swk", "user"), (POSSESSION, VERIFIED))
TOUCHED = Proof("webauthn", NOW, ("hwk", "user"), (POSSESSION,))
HARD = Proof("webauthn", NOW, ("hwk", "user"), (POSSESSION, VERIFIED, HARDWARE))
CODE = Proof("recovery_codes", NOW, ("otp",), (POSSESSION,))
ALICE = Person("alice", "s1", (OLD_PWD,))
STRONG_ALICE = Person("alice", "s1", (OLD_PWD, OLD_TOTP))
BOB = Person("bob", "s2", (PWD,))
OLD_BOB = Person("bob", "s2", (password(NOW - 12 * 3600),))
HAS = Standing(methods=("totp", "webauthn"), backups=("recovery_codes",))
ONE = Standing(methods=("totp",))
TRUSTED = Standing(methods=("totp",), trusted=True)
ADMIN = Standing(must="aal2")


def asked(
    *prompt: str,
    first_party: bool = True,
    max_age: int | None = None,
    hint: str = "",
    acr: str = "",
    methods: tuple[str, ...] = (),
) -> Asked:
    return Asked(
        "c",
        "Service",
        first_party,
        SCOPE,
        prompt=frozenset(prompt),
        max_age=max_age,
        subject_hint=hint,
        acr_values=tuple(acr.split()),
        methods=methods,
    )


def known(*people: Person, by: str = "", proofs: tuple[Proof, ...] = (), consented: str = "", **more: object) -> Known:
    return Known(NOW, people, account_id=by, proofs=proofs, consented=frozenset(consented.split()), **more)


def refused(error: str) -> Refused:
    return Refused(error, "The person would have to be asked.")


@pytest.mark.parametrize(
    ("asked", "known", "step"),
    [
        # nobody is signed in
        (asked(), known(), Prove()),
        (asked("none"), known(), refused("login_required")),
        (asked("select_account"), known(), Prove()),
        # the password was right
        (asked(), known(by="alice", proofs=(PWD,)), LetIn("alice")),
        # somebody is signed in
        (asked(), known(ALICE), ALICE),
        (asked("none"), known(ALICE), ALICE),
        (asked(), known(BOB, ALICE), BOB),
        # proven again
        (asked("login"), known(ALICE), Prove("alice")),
        (asked("login"), known(ALICE, by="alice", proofs=(PWD,)), LetIn("alice")),
        (asked("login"), known(BOB, by="bob", proofs=(PWD,)), BOB),
        (asked(max_age=500), known(ALICE), ALICE),
        (asked(max_age=499), known(ALICE), Prove("alice")),
        (asked("none", max_age=499), known(ALICE), refused("login_required")),
        (asked(max_age=0), known(BOB, by="bob", proofs=(PWD,)), BOB),
        # a new account, whoever is signed in
        (asked("create"), known(ALICE), Prove()),
        (asked("create"), known(ALICE, BOB, by="bob", proofs=(PWD,)), BOB),
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
        # who has a second factor needs it to come in
        (asked(), known(by="alice", proofs=(PWD,), standing=HAS), ProveMore("alice", ("totp", "webauthn", "recovery_codes"))),
        (asked(), known(by="alice", proofs=(PWD, TOTP), standing=HAS), LetIn("alice")),
        (asked(), known(by="alice", proofs=(PWD, CODE), standing=HAS), LetIn("alice")),
        (asked(), known(by="alice", proofs=(PASSKEY,), standing=HAS), LetIn("alice")),
        (asked(), known(by="alice", proofs=(TOUCHED,), standing=HAS), Prove("alice")),
        (asked(), known(by="alice", proofs=(PWD,), standing=TRUSTED), LetIn("alice")),
        # codes alone are a way back in, and no reason to ask
        (asked(), known(by="alice", proofs=(PWD,), standing=Standing(backups=("recovery_codes",))), LetIn("alice")),
        # who is in already isn't asked again
        (asked(), known(ALICE, standing=HAS), ALICE),
        # step-up asks for what is missing, and for no more
        (asked(acr="aal2"), known(ALICE, standing=ONE), ProveMore("alice", ("totp",))),
        (asked("none", acr="aal2"), known(ALICE, standing=ONE), refused("login_required")),
        (asked(acr="aal2"), known(STRONG_ALICE, standing=ONE), STRONG_ALICE),
        (asked(acr="aal2"), known(ALICE, by="alice", proofs=(TOTP,), standing=ONE), LetIn("alice")),
        (asked(acr="aal2"), known(by="alice", proofs=(PWD,), standing=TRUSTED), LetIn("alice")),
        (asked(acr="aal2"), known(BOB, by="bob", proofs=(PWD,), standing=TRUSTED), ProveMore("bob", ("totp",))),
        (asked(acr="aal1"), known(ALICE, standing=ONE), ALICE),
        # at the level, but too long ago
        (asked(acr="aal2", max_age=100), known(STRONG_ALICE, standing=ONE), Prove("alice")),
        (asked("login", acr="aal2"), known(BOB, by="bob", proofs=(PWD,), standing=ONE), ProveMore("bob", ("totp",))),
        # whoever has nothing sets something up; a client that names a lower level takes it
        (asked(acr="aal2"), known(ALICE), Enrol("alice")),
        (asked("none", acr="aal2"), known(ALICE), refused("interaction_required")),
        (asked(acr="aal2 aal1"), known(ALICE), ALICE),
        (asked(acr="aal2 aal1"), known(ALICE, standing=ONE), ProveMore("alice", ("totp",))),
        (asked(acr="aal2"), known(BOB, by="bob", proofs=(PWD,), standing=Standing(backups=("recovery_codes",))), ProveMore("bob", ("recovery_codes",))),
        # hardware
        (asked(acr="aal3"), known(STRONG_ALICE, standing=HAS), ProveMore("alice", ("webauthn",))),
        # A certificate that was picked up, and perhaps never installed: nobody is kept out by it, and whoever has it may use it.
        (asked(), known(by="alice", proofs=(PWD,), standing=Standing(unproven=("certificate",))), LetIn("alice")),
        (asked(acr="aal2"), known(replace(BOB, reads_mail=True), by="bob", proofs=(PWD,), standing=Standing(unproven=("certificate",))), ProveMore("bob", ("certificate",))),
        # … but if it is the first second factor, not by the password alone.
        (asked(acr="aal2"), known(BOB, by="bob", proofs=(PWD,), standing=Standing(unproven=("certificate",))), ProveAddress("bob")),
        (asked(acr="aal2"), known(BOB, by="bob", proofs=(PWD,), standing=Standing(backups=("recovery_codes",), unproven=("certificate",))), ProveMore("bob", ("recovery_codes",))),
        # Of a sign-in that was long ago one factor is left: who has more proves all of it anew, who hasn't isn't asked in vain.
        (asked(acr="aal2"), known(OLD_BOB, standing=ONE), Prove("bob")),
        (asked(acr="aal2 aal1"), known(OLD_BOB), OLD_BOB),
        (asked(acr="aal2"), known(OLD_BOB, by="bob", proofs=(PWD,), standing=ONE), LetIn("bob")),
        # A password that somebody else has made is changed before any service is opened; a level that is demanded comes first.
        (asked(), known(BOB, standing=Standing(password_is_initial=True)), ChangePassword("bob")),
        (asked(acr="aal2"), known(BOB, standing=Standing(("totp",), password_is_initial=True)), ProveMore("bob", ("totp",))),
        (asked(), known(by="alice", proofs=(PWD,), standing=Standing(("totp",), unproven=("certificate",))), ProveMore("alice", ("totp", "certificate"))),
        (asked(acr="aal3"), known(Person("alice", "s1", (HARD,)), standing=HAS), Person("alice", "s1", (HARD,))),
        (asked(acr="aal3"), known(Person("alice", "s1", (PWD, PASSKEY)), by="alice", proofs=(PASSKEY,), standing=HAS), Refused("unmet_authentication_requirements", "The person has no method that is strong enough.")),
        (asked(acr="aal3 aal2"), known(STRONG_ALICE, standing=ONE), STRONG_ALICE),
        (asked(acr="aal3"), known(ALICE), Enrol("alice", ("webauthn",))),
        # methods that count for the client
        (asked(acr="aal2", methods=("webauthn",)), known(STRONG_ALICE, standing=HAS), ProveMore("alice", ("webauthn",))),
        (asked(acr="aal2", methods=("push",)), known(STRONG_ALICE, standing=HAS), Enrol("alice", ("push",))),
        # administrators always
        (asked(), known(ALICE, standing=ADMIN), Enrol("alice")),
        (asked(acr="aal2 aal1"), known(ALICE, standing=ADMIN), Enrol("alice")),
        (asked(), known(STRONG_ALICE, standing=Standing(("totp",), must="aal2")), STRONG_ALICE),
        # a request that was denied on the device: first the password
        (asked(acr="aal2"), known(ALICE, standing=ONE, denied=True), Prove("alice")),
        (asked(acr="aal2"), known(BOB, by="bob", proofs=(PWD,), standing=ONE, denied=True), ProveMore("bob", ("totp",))),
    ],
)  # fmt: skip
def test_next_step(asked: Asked, known: Known, step: Step) -> None:
    assert next_step(asked, known) == step


def test_signing_in_as_somebody_else_than_hinted_is_an_error() -> None:
    step = next_step(asked(hint="alice"), known(BOB, ALICE, by="bob", proofs=(PWD,)))

    assert isinstance(step, Refused)
    assert step.error == "login_required"


@pytest.mark.parametrize(
    ("asked", "known", "acr", "amr"),
    [
        (asked(), known(ALICE), "aal1", ("pwd",)),
        (asked(), known(STRONG_ALICE), "aal2", ("pwd", "otp", "mfa")),
        # what was proven long ago doesn't count for a service that asked for a recent proof
        (asked(max_age=100), known(STRONG_ALICE, by="alice", proofs=(PWD,)), "aal1", ("pwd",)),
        (asked("login"), known(STRONG_ALICE, by="alice", proofs=(PASSKEY,)), "aal2", ("swk", "user", "mfa")),
        # nor does a method that the service doesn't accept
        (asked(methods=("webauthn",)), known(STRONG_ALICE), "aal1", ("pwd",)),
        # and if nothing else was used, it is a sign-in all the same
        (
            asked(methods=("totp",)),
            known(Person("alice", "s1", (PASSKEY,))),
            "aal1",
            ("swk", "user", "mfa"),
        ),
    ],
)
def test_the_answer_says_what_was_proven(asked: Asked, known: Known, acr: str, amr: tuple[str, ...]) -> None:
    (person,) = known.people
    outcome = answer(asked, known, person)

    assert (outcome.acr, outcome.amr, outcome.sid) == (acr, amr, person.sid)
