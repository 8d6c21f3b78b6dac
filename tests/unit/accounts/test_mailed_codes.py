"""What is sent again, how often, and how many wrong codes are looked at: nobody's asking or guessing keeps the owner out."""

import contextlib
from dataclasses import replace

from config.tuning import REPEATED_WITHIN
from idp.accounts.mailed_codes import ALPHABET, LENGTH, ProofKey, grouped, read
from idp.accounts.notices import Where
from idp.accounts.sign_in import Refused, Verified
from idp.errors import PageError
from tests.support.people import HERE, People, other_than, token_of

NEW = "seven green lanterns drift"


def elsewhere(number: int) -> Where:
    return replace(HERE, ip=f"203.0.113.{number}")


def verify(people: People, password: str) -> Verified | Refused:
    return people.accounts.sign_in.verify("carla", password, ip=None, user_agent=None)


def test_a_code_has_40_bits_and_no_signs_that_look_alike() -> None:
    assert len(set(ALPHABET)) ** LENGTH == 2**40
    assert not set(ALPHABET) & set("01OIilo")
    codes = {ProofKey(b"k").code(f"request {number}") for number in range(2000)}
    assert len(codes) == 2000
    assert all(len({code[place] for code in codes}) == len(ALPHABET) for place in range(LENGTH))


def test_a_code_is_read_however_it_is_typed() -> None:
    code = ProofKey(b"k").code("request")
    shown = grouped(code)
    for typed in (shown, shown.lower(), shown.replace("-", " – "), f"  {code}\n", shown.replace("-", "\u00a0")):
        assert read(typed) == code


def test_asking_again_sends_the_same_and_spoils_no_mail(people: People) -> None:
    """Whoever else asks, under whatever name the account has."""
    people.create()
    recovery = people.accounts.recovery
    mine = recovery.forgot_password("carla", HERE)
    first = people.proof()
    theirs, mails = [], []
    for each in ("carla@example.org", "CARLA", "Carla@EXAMPLE.org"):
        people.now += REPEATED_WITHIN
        theirs.append(recovery.forgot_password(each, HERE))
        mails += people.post()
    assert [(token_of(mail), mail["context"]["code"]) for mail in mails] == [first] * 3
    assert recovery.prove_code(theirs[0], other_than(first[1]), HERE) is None
    secret = recovery.prove_code(mine, first[1], HERE)
    assert secret
    assert recovery.reset_by_proof(secret, NEW, HERE) is None


def test_the_code_that_was_sent_again_is_taken_on_the_newer_page(people: People) -> None:
    people.create()
    recovery = people.accounts.recovery
    recovery.forgot_password("carla", HERE)
    _, code = people.proof()
    newer = recovery.forgot_password("carla", HERE)
    people.post()
    assert recovery.prove_code(newer, code, HERE)


def test_a_mail_that_is_sent_again_after_the_key_was_replaced_is_good(people: People) -> None:
    people.create()
    people.accounts.recovery.forgot_password("carla", HERE)
    people.post()
    people.accounts.confirmations._key = ProofKey(b"another")
    people.now += REPEATED_WITHIN
    confirmation_id = people.accounts.recovery.forgot_password("carla", HERE)
    token, code = people.proof()
    assert people.accounts.recovery.prove_code(confirmation_id, code, HERE)
    assert people.accounts.recovery.reset_by_link(token, NEW, HERE) is None


def test_no_more_than_five_mails_an_hour_about_one_password(people: People) -> None:
    people.create()
    mails = []
    for number in range(12):
        people.accounts.recovery.forgot_password("carla" if number % 2 else "carla@example.org", elsewhere(number))
        mails += people.post()
        people.now += REPEATED_WITHIN
    assert len(mails) == 5
    people.now += 3600
    people.accounts.recovery.forgot_password("carla", HERE)
    assert len(people.post()) == 1


def test_no_more_than_ten_wrong_codes_a_day_are_looked_at_for_one_account(people: People) -> None:
    """From any number of addresses and requests, in any spelling; and the owner gets back in by the link, whatever was guessed."""
    carla = people.create()
    people.add_recovery_email(people.create("dora", "dora@example.org"), "carla@example.org")
    recovery = people.accounts.recovery
    asked = [recovery.forgot_password(("carla", "CARLA@example.org")[n % 2], elsewhere(n)) for n in range(15)]
    code = people.post()[0]["context"]["code"]
    for each in asked:
        assert recovery.prove_code(each, other_than(code), HERE) is None
    counted = people.limiter.bucket("wrong_codes", f"account {carla}")
    assert people.limiter.used(people.database.read(), counted) == 10
    assert recovery.prove_code(asked[0], code, HERE) is None, "the code is off"

    people.now += 3600
    recovery.forgot_password("carla", HERE)
    (mail,) = people.post()
    assert (mail["context"]["code"], mail["context"]["guessed"]) == ("", True)
    assert recovery.reset_by_link(token_of(mail), NEW, HERE) is None
    assert isinstance(verify(people, NEW), Verified)


def test_strangers_who_ask_keep_nobody_from_asking(people: People) -> None:
    people.create()
    for number in range(9):
        with contextlib.suppress(PageError):
            people.accounts.recovery.forgot_password("carla", elsewhere(number % 2))
    assert people.accounts.recovery.forgot_password("carla", HERE)


def test_strangers_who_sign_up_with_my_address_use_up_none_of_my_resets(people: People) -> None:
    people.create()
    for number in range(6):
        people.now += 1
        people.accounts.addresses.request(
            people.create(f"eve{number}", f"eve{number}@example.org"), "carla@example.org", HERE
        )
        people.accounts.recovery_email.request(
            people.create(f"eva{number}", f"eva{number}@example.org"), "carla@example.org", HERE
        )
    people.post()
    people.accounts.recovery.forgot_password("carla", HERE)
    assert [mail["template"] for mail in people.post()] == ["reset_password"]
