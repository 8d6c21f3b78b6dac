"""Recovery codes at rest, and those that were printed before there was a key."""

import itertools

from idp.accounts.strength import Proof
from idp.factors.base import Attempt, Refusal
from idp.factors.recovery_codes import crypto, store
from idp.factors.recovery_codes.service import RecoveryCodes
from keys import Sealer, hashing
from tests.support.provider import ProviderUnderTest
from tests.support.strong import HERE, account_id, add_recovery_codes


def verify(idp: ProviderUnderTest, code: str, service: RecoveryCodes | None = None) -> Proof | Refusal:
    attempt = Attempt("attempt", account_id(idp, "alice"), "", HERE.ip or "", "")
    with idp.provider.flask.test_request_context():
        return (service or idp.core.strong.recovery_codes).verify(attempt, {"code": code})


def test_a_code_has_at_least_64_bits() -> None:
    (code,) = crypto.new_codes(1)
    assert len(code.replace("-", "")) == 16
    assert len(crypto.ALPHABET) ** 16 > 2**64


def test_a_stolen_table_cannot_be_searched(idp: ProviderUnderTest) -> None:
    """Whoever has the database and a code can't even tell that it is one: what is stored needs a key."""
    codes = add_recovery_codes(idp, "alice")
    owner = account_id(idp, "alice")
    stored = {row["code_hash"] for row in idp.core.database.read().all("SELECT code_hash FROM factor_recovery_code")}
    plain = [form.replace("-", "") for form in codes]
    guesses = {hashing.digest(f"{salt}{code}") for salt in ("", f"{owner} ") for code in itertools.chain(codes, plain)}
    assert not stored & guesses


def test_codes_from_before_there_was_a_key_stay_good_and_are_put_under_it(idp: ProviderUnderTest) -> None:
    add_recovery_codes(idp, "alice")
    owner, former = account_id(idp, "alice"), ("abcd-efgh-jkmn", "pqrs-tuvw-xyz2")
    with idp.core.database.write() as tx:
        tx.run("DELETE FROM factor_recovery_code")
        for code in former:
            digest = hashing.digest(f"{owner} {code.replace('-', '')}")
            tx.run(
                "INSERT INTO factor_recovery_code (factor_id, code_hash, keyed) SELECT id, :hash, 0 FROM factor",
                hash=digest,
            )
    assert isinstance(verify(idp, former[0].upper()), Proof), "before housekeeping has seen it"
    with idp.core.database.write() as tx:
        idp.core.strong.purge(tx)
        assert store.unkeyed(tx) == []
    assert isinstance(verify(idp, former[0]), Refusal)
    assert isinstance(verify(idp, former[1]), Proof)
    assert isinstance(verify(idp, former[1]), Refusal)


def test_codes_outlive_a_change_of_the_root(idp: ProviderUnderTest) -> None:
    roots = [b"1" * 32, b"2" * 32]
    core = idp.core
    made = [
        RecoveryCodes(core.accounts.common, core.strong.factors, sealer, size=10, enrolment_seconds=600)
        for sealer in (Sealer(roots[:1]), Sealer(roots[::-1]), Sealer(roots[1:]))
    ]
    codes, _ = made[0].begin(account_id(idp, "alice"), "")
    with idp.provider.flask.test_request_context():
        made[0].keep(account_id(idp, "alice"), codes, HERE)
    assert isinstance(verify(idp, codes[0], made[1]), Proof)
    assert isinstance(verify(idp, codes[1], made[2]), Refusal), "the old root was taken away"
