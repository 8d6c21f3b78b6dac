import threading
from pathlib import Path

import pytest

from idp.accounts.sessions import Session
from idp.accounts.strength import AAL2, AAL3, level, password
from tests.support.people import HERE
from tests.support.virtual_keys import MODEL, ExcludedError, Maker, SoftwareKey
from tests.unit.factors.webauthn.conftest import Household

THREADS = 50


def test_what_the_browser_is_asked(home: Household, session: Session) -> None:
    asked = home.passkeys.enrolment.begin(session)
    passkey, key = asked["passkey"], asked["security_key"]
    assert passkey["rp"] == {"name": "IP Account", "id": "localhost"}
    assert (passkey["user"]["name"], passkey["user"]["displayName"]) == ("carla", "Carla Example")
    assert len(passkey["user"]["id"]) == 86  # 64 bytes
    assert passkey["user"]["id"] == home.begin(session)["user"]["id"]
    assert [one["alg"] for one in passkey["pubKeyCredParams"]] == [-8, -7, -257, -49, -48]
    assert passkey["extensions"] == {"credProps": True}
    assert passkey["attestation"] == "none"
    assert (passkey["hints"], key["hints"]) == (["client-device", "hybrid"], ["security-key"])
    assert passkey["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "preferred",
    }
    assert key["authenticatorSelection"]["authenticatorAttachment"] == "cross-platform"
    assert key["authenticatorSelection"]["residentKey"] == "preferred"
    assert passkey["challenge"] == key["challenge"]
    assert passkey["timeout"] == 300_000


def test_two_accounts_have_two_handles(home: Household, session: Session, other: Session) -> None:
    assert home.begin(session)["user"]["id"] != home.begin(other)["user"]["id"]


def test_a_key_is_kept_and_told(home: Household, session: Session) -> None:
    enrolled = home.enrol(session, SoftwareKey())
    assert (enrolled.proof.amr, level([enrolled.proof])) == (("swk", "user"), AAL2)
    (factor,) = home.factors.listing(session.account_id)
    assert (factor.id, factor.method, factor.name) == (enrolled.factor_id, "webauthn", "Firefox, Linux")
    assert [mail["template"] for mail in home.people.post()] == ["factor_added"]
    assert "factor.added" in home.people.events()
    found = home.passkeys.find(enrolled.factor_id)
    assert found
    assert (found.kind, found.kept, found.transports, found.signs_in_alone) == (
        "passkey",
        "backed_up",
        ("hybrid", "internal"),
        True,
    )
    home.enrol(session, SoftwareKey(backup_eligible=False), kind="security_key")
    assert list(home.passkeys.details(session.account_id).values()) == [
        "backed up, works on your other devices too · by phone, built in",
        "stays on its device · NFC, USB",
    ]
    assert [one.name for one in home.factors.listing(session.account_id)] == ["Firefox, Linux", "Firefox, Linux (2)"]


def test_a_known_model_gives_its_name(home: Household, session: Session) -> None:
    key = SoftwareKey(aaguid="ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4")
    home.enrol(session, key)
    assert home.factors.listing(session.account_id)[0].name == "Google Password Manager"


def test_a_key_that_is_there_is_excluded(home: Household, session: Session) -> None:
    key = SoftwareKey()
    home.enrol(session, key)
    asked = home.begin(session)
    assert [one["id"] for one in asked["excludeCredentials"]] == [key.credentials[0].id]
    assert asked["excludeCredentials"][0]["transports"] == ["hybrid", "internal"]
    with pytest.raises(ExcludedError):
        key.create(asked)


def test_nobody_registers_somebody_elses_key(home: Household, session: Session, other: Session) -> None:
    key = SoftwareKey()
    home.enrol(session, key)
    stolen = SoftwareKey()
    asked = home.begin(other)
    answer = stolen.create(asked)
    # The same id with a key of one's own: it would stand for the other one at the next sign-in.
    copied = _with_id(stolen, key, home.begin(other))
    assert home.finish(other, copied) == "known"
    assert home.factors.listing(other.account_id) == []
    assert home.finish(other, answer) != "known"


def _with_id(thief: SoftwareKey, victim: SoftwareKey, asked: dict[str, object]) -> str:
    from unittest.mock import patch

    from tests.support import virtual_keys

    wanted = virtual_keys._bytes(victim.credentials[0].id)
    with patch.object(virtual_keys.secrets, "token_bytes", return_value=wanted):
        return thief.create(asked)


def test_an_answer_counts_once(home: Household, session: Session) -> None:
    answer = SoftwareKey().create(home.begin(session))
    assert not isinstance(home.finish(session, answer), str)
    assert home.finish(session, answer) == "expired"


def test_an_answer_to_nobodys_question(home: Household, session: Session, other: Session) -> None:
    for asked in (home.begin(other), home.passkeys.sign_in_options(session.sid)):
        options = {**home.begin(session), "challenge": asked["challenge"]}
        assert home.finish(session, SoftwareKey().create(options)) == "expired"
    assert home.finish(session, SoftwareKey().create(home.begin(session), challenge="AAAA")) == "expired"


def test_an_answer_that_comes_too_late(home: Household, session: Session) -> None:
    answer = SoftwareKey().create(home.begin(session))
    home.people.now += home.settings.strong.enrolment
    assert home.finish(session, answer) == "expired"


def test_a_refused_answer_has_used_its_question_up(home: Household, session: Session) -> None:
    key, asked = SoftwareKey(), home.begin(session)
    assert home.finish(session, key.create(asked, origin="http://localhost:8001")) == "invalid"
    assert home.finish(session, key.create(asked)) == "expired"
    assert home.finish(session, key.create(home.begin(session), cross_origin=True)) == "elsewhere"
    assert home.people.events().count("factor.refused") == 2
    assert home.factors.listing(session.account_id) == []


def test_fifty_at_once_add_one_key(home: Household, session: Session) -> None:
    answer = SoftwareKey().create(home.begin(session))
    outcomes: list[object] = []
    barrier = threading.Barrier(THREADS)

    def run() -> None:
        barrier.wait()
        try:
            outcomes.append(home.finish(session, answer))
        finally:
            home.people.database.close()

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("expired") == THREADS - 1
    assert len(home.factors.listing(session.account_id)) == 1


def test_hardware_by_its_makers_word(home: Household, session: Session, tmp_path: Path) -> None:
    maker = Maker()
    (tmp_path / "root.pem").write_bytes(maker.root_pem)
    strict = home.with_policy(attestation="required", roots=tmp_path)
    key = SoftwareKey(maker=maker, backup_eligible=False)
    enrolled = strict.enrol(session, key, kind="security_key")
    assert enrolled.proof.amr == ("hwk", "user")
    assert level([enrolled.proof]) == AAL3
    found = strict.passkeys.find(enrolled.factor_id)
    assert found
    assert found.attested
    proof = strict.second_step(session.account_id, key, uv=False)
    assert level([password(0), proof]) == AAL3
    assert strict.finish(session, SoftwareKey().create(strict.begin(session))) == "unknown_maker"
    some = home.with_policy(attestation="direct", allowed_aaguids=(MODEL,))
    other_model = SoftwareKey(aaguid="11111111-2222-3333-4444-555555555555")
    assert some.finish(session, other_model.create(some.begin(session))) == "other_model"


def test_removing_takes_everything_along(home: Household, session: Session) -> None:
    enrolled = home.enrol(session, SoftwareKey())
    home.factors.remove(session.account_id, enrolled.factor_id, HERE)
    assert home.passkeys.find(enrolled.factor_id) is None
    assert home.people.count("webauthn_key") == 0
    told = home.passkeys.signals(session.account_id)
    assert told
    assert told["allAcceptedCredentialIds"] == []
