import json
import secrets

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, settings
from hypothesis import strategies as some
from webauthn.helpers.structs import AttestationConveyancePreference

from idp.factors.webauthn import crypto, options
from idp.factors.webauthn.crypto import InvalidAnswerError, NewKey, Party, Use
from idp.factors.webauthn.options import Holder
from tests.support.virtual_keys import EDDSA, ES256, ML_DSA_44, ML_DSA_65, MODEL, RS256, SoftwareKey

PARTY = Party("localhost", "IP Account", "http://localhost:8000")
HOLDER = Holder(b"h" * 64, "carla", "Carla Example")


def enrol(key: SoftwareKey, **lies: object) -> NewKey:
    challenge = secrets.token_bytes(32)
    asked = options.creation(
        "passkey",
        challenge,
        PARTY,
        HOLDER,
        [],
        attestation=AttestationConveyancePreference.DIRECT,
        timeout_seconds=60,
    )
    return crypto.verify_new(crypto.read(key.create(asked, **lies)), challenge, PARTY)


def use(key: SoftwareKey, known: NewKey, **lies: object) -> Use:
    challenge = secrets.token_bytes(32)
    asked = options.request(challenge, PARTY, [], user_verification=True, timeout_seconds=60)
    return crypto.verify_use(crypto.read(key.get(asked, **lies)), challenge, PARTY, known.public_key)


@pytest.mark.parametrize("algorithm", [ES256, EDDSA, RS256, ML_DSA_44, ML_DSA_65])
def test_every_algorithm_that_is_offered(algorithm: int) -> None:
    key = SoftwareKey(algorithms=(algorithm,), self_attested=True)
    known = enrol(key)
    assert (known.algorithm, known.aaguid, known.user_verified, known.discoverable) == (algorithm, MODEL, True, True)
    assert (known.backup_eligible, known.backed_up, known.transports) == (True, True, ("hybrid", "internal"))
    assert use(key, known) == Use(2, user_verified=True, backup_eligible=True, backed_up=True)


def test_no_other_algorithm() -> None:
    with pytest.raises(InvalidAnswerError, match="Unsupported credential public key alg"):
        enrol(SoftwareKey(), algorithm=-35)


def test_the_best_algorithm_that_the_authenticator_knows_is_taken() -> None:
    assert enrol(SoftwareKey(algorithms=(RS256, ES256))).algorithm == ES256


@pytest.mark.parametrize(
    ("lies", "fault", "said"),
    [
        ({"origin": "http://localhost:8001"}, "untrue", "origin"),
        ({"origin": "https://localhost:8000"}, "untrue", "origin"),
        ({"rp_id": "example.org"}, "untrue", "RP ID"),
        ({"challenge": "AAAA"}, "untrue", "challenge"),
        ({"type": "webauthn.other"}, "untrue", "type"),
        ({"up": False}, "untrue", "present"),
        ({"be": False, "bs": True}, "untrue", "backed up"),
        ({"cross_origin": True}, "elsewhere", "inside"),
        ({"cross_origin": "no"}, "elsewhere", "inside"),
        ({"client_data": {"topOrigin": "https://example.org"}}, "elsewhere", "inside"),
    ],
)
def test_answers_that_nobody_honest_gives(lies: dict[str, object], fault: str, said: str) -> None:
    key = SoftwareKey()
    with pytest.raises(InvalidAnswerError, match=said) as new:
        enrol(key, **lies)
    known = enrol(key)
    with pytest.raises(InvalidAnswerError, match=said) as used:
        use(key, known, **lies)
    assert new.value.fault == used.value.fault == fault


def test_a_registration_is_no_sign_in_and_the_other_way_round() -> None:
    key = SoftwareKey()
    with pytest.raises(InvalidAnswerError):
        enrol(key, type="webauthn.get")
    known = enrol(key)
    with pytest.raises(InvalidAnswerError):
        use(key, known, type="webauthn.create")


def test_a_signature_by_another_key() -> None:
    key = SoftwareKey()
    known = enrol(key)
    with pytest.raises(InvalidAnswerError, match="signature"):
        use(key, known, private=ec.generate_private_key(ec.SECP256R1()))


def test_a_counter_is_believed_only_with_its_signature() -> None:
    key = SoftwareKey()
    known = enrol(key)
    with pytest.raises(InvalidAnswerError, match="signature"):
        use(key, known, count=0, private=ec.generate_private_key(ec.SECP256R1()))
    assert use(key, known, count=1).sign_count == 1


def test_keys_that_could_never_verify_are_refused_at_once() -> None:
    not_on_the_curve = cbor2.dumps({1: 2, 3: ES256, -1: 1, -2: b"x" * 32, -3: b"y" * 32})
    with pytest.raises(InvalidAnswerError):
        enrol(SoftwareKey(), public_key=not_on_the_curve)
    small = rsa.generate_private_key(65537, 1024).public_key().public_numbers()
    short = cbor2.dumps({1: 3, 3: RS256, -1: small.n.to_bytes(128), -2: b"\x01\x00\x01"})
    with pytest.raises(InvalidAnswerError, match="too short"):
        enrol(SoftwareKey(), public_key=short)
    point = ec.generate_private_key(ec.SECP384R1()).public_key().public_numbers()
    wide = cbor2.dumps({1: 2, 3: ES256, -1: 2, -2: point.x.to_bytes(48), -3: point.y.to_bytes(48)})
    with pytest.raises(InvalidAnswerError, match="another curve"):
        enrol(SoftwareKey(), public_key=wide)


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{}", '{"response": []}', "{" * 5000, '"' + "x" * 200_000 + '"', "\udc80"]
)
def test_what_is_no_answer_at_all(text: str) -> None:
    with pytest.raises(InvalidAnswerError) as refused:
        crypto.read(text)
    assert refused.value.fault == "malformed"


_HONEST = SoftwareKey()
_KNOWN = enrol(_HONEST)
_CHALLENGE = b"c" * 32
_ASKED = options.request(_CHALLENGE, PARTY, [], user_verification=True, timeout_seconds=60)


@settings(max_examples=150)
@given(
    some.sampled_from(["clientDataJSON", "authenticatorData", "signature", "userHandle", "rawId", "attestationObject"]),
    some.integers(0, 400),
    some.integers(1, 255),
)
def test_bits_that_were_changed_on_the_way_end_in_one_kind_of_error(part: str, place: int, change: int) -> None:
    creating = part == "attestationObject"
    asked = {"pubKeyCredParams": [{"alg": ES256}], "user": {"id": "aA"}, "rp": {"id": "localhost"}, "challenge": "Yw"}
    fields = json.loads(SoftwareKey().create(asked) if creating else _HONEST.get(_ASKED))
    holder = fields if part == "rawId" else fields["response"]
    text = holder[part]
    place %= len(text)
    holder[part] = text[:place] + chr(change) + text[place + 1 :]
    try:
        answer = crypto.read(json.dumps(fields))
        if creating:
            crypto.verify_new(answer, b"c", PARTY)
        else:
            crypto.verify_use(answer, _CHALLENGE, PARTY, _KNOWN.public_key)
    except InvalidAnswerError:
        pass
