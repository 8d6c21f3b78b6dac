"""What is signed here, others verify; what others signed is refused here."""

import hmac
import json
from pathlib import Path

import orjson
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from keys import BadToken, KeyStore, NoKeyError, Signer, encoding, jwks, rotation
from keys.ring import ALGORITHMS, Algorithm

CLAIMS = {"sub": "01jabc", "name": "Zoë", "nested": {"list": [1, 2]}}
NOW = 1000


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> KeyStore:
    store = KeyStore(tmp_path_factory.mktemp("keys"))
    rotation.ensure(store, NOW)
    return store


@pytest.fixture
def signer(store: KeyStore) -> Signer:
    return Signer(store, lambda: NOW)


def segment(value: object) -> str:
    return encoding.encode(orjson.dumps(value)).decode()


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_another_library_verifies_it_with_the_published_keys(store: KeyStore, signer: Signer, alg: Algorithm) -> None:
    public = KeySet.import_key_set(json.loads(jwks.document(store.load())))

    token = jwt.decode(signer.sign(CLAIMS, alg=alg, typ="at+jwt"), public, algorithms=[alg])

    assert token.claims == CLAIMS
    assert token.header["typ"] == "at+jwt"


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_verifies_its_own(signer: Signer, alg: Algorithm) -> None:
    assert signer.verify(signer.sign(CLAIMS, alg=alg), typ="JWT") == CLAIMS
    assert signer.verify(signer.sign(orjson.dumps(CLAIMS), alg=alg), typ="JWT") == CLAIMS


def test_a_token_for_one_use_is_none_for_another(signer: Signer) -> None:
    with pytest.raises(BadToken):
        signer.verify(signer.sign(CLAIMS, typ="logout+jwt"), typ="at+jwt")


def test_a_retired_key_still_verifies(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    rotation.ensure(store, NOW, ("ES256",))
    signer = Signer(store, lambda: NOW)
    token = signer.sign(CLAIMS)
    rotation.rotate(store, NOW, publish_ahead=0, keep_after=60)

    assert signer.verify(token, typ="JWT") == CLAIMS
    assert signer.sign(CLAIMS).split(".")[0] != token.split(".")[0]


def test_a_removed_key_verifies_nothing(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    kid = rotation.ensure(store, NOW, ("ES256",)).keys[0].kid
    signer = Signer(store, lambda: NOW)
    token = signer.sign(CLAIMS)
    rotation.retire(store, kid, NOW)

    with pytest.raises(BadToken):
        signer.verify(token, typ="JWT")


def test_without_a_key_it_does_not_sign(tmp_path: Path) -> None:
    with pytest.raises(NoKeyError):
        Signer(KeyStore(tmp_path), lambda: NOW).sign(CLAIMS)


@pytest.mark.parametrize("token", ["", "a", "a.b", "a.b.c", "a.b.c.d", "..", "é.é.é", "....", " . . "])
def test_nonsense_is_refused(signer: Signer, token: str) -> None:
    with pytest.raises(BadToken):
        signer.verify(token, typ="JWT")


@pytest.mark.parametrize("alg", ALGORITHMS)
@pytest.mark.parametrize("part", [0, 1, 2])
def test_a_changed_part_is_refused(signer: Signer, alg: Algorithm, part: int) -> None:
    parts = signer.sign(CLAIMS, alg=alg).split(".")
    parts[part] = ("A" if parts[part][5] != "A" else "B").join((parts[part][:5], parts[part][6:]))

    with pytest.raises(BadToken):
        signer.verify(".".join(parts), typ="JWT")


@pytest.mark.parametrize("length", [0, 1, 63, 65])
def test_a_signature_of_another_length_is_refused(signer: Signer, length: int) -> None:
    head, _, _ = signer.sign(CLAIMS).rpartition(".")

    with pytest.raises(BadToken):
        signer.verify(f"{head}.{encoding.encode(bytes(length)).decode()}", typ="JWT")


def test_no_algorithm_but_the_keys_own_is_accepted(store: KeyStore, signer: Signer) -> None:
    """RFC 8725 sections 2.1 and 3.1: `none`, the public key as an HMAC secret, one key's name on another's algorithm."""
    ec = store.load().signing_key("ES256", NOW)
    rs = store.load().signing_key("RS256", NOW)
    public = rs.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    unsigned = f"{segment({'alg': 'none', 'kid': ec.kid, 'typ': 'JWT'})}.{segment(CLAIMS)}"
    to_authenticate = f"{segment({'alg': 'HS256', 'kid': rs.kid, 'typ': 'JWT'})}.{segment(CLAIMS)}"
    code = hmac.digest(public, to_authenticate.encode(), "sha256")
    with_public_key = f"{to_authenticate}.{encoding.encode(code).decode()}"
    body = signer.sign(CLAIMS, alg="RS256").split(".")
    crossed = f"{segment({'alg': 'ES256', 'kid': rs.kid, 'typ': 'JWT'})}.{body[1]}.{body[2]}"

    for token in (unsigned, f"{unsigned}.", with_public_key, crossed):
        with pytest.raises(BadToken):
            signer.verify(token, typ="JWT")


@pytest.mark.parametrize("alg", ALGORITHMS)
def test_a_strangers_key_under_our_name_is_refused(store: KeyStore, signer: Signer, alg: Algorithm) -> None:
    stranger = ECKey.generate_key("P-256") if alg == "ES256" else RSAKey.generate_key(2048)
    kid = store.load().signing_key(alg, NOW).kid
    header = {"alg": alg, "kid": kid, "typ": "JWT"}
    own_key_inside = header | {"jwk": stranger.as_dict(private=False)}

    for forged in (header, own_key_inside):
        with pytest.raises(BadToken):
            signer.verify(jwt.encode(forged, CLAIMS, stranger, algorithms=[alg]), typ="JWT")


def test_claims_must_be_an_object(signer: Signer) -> None:
    for payload in (b"[]", b'"text"', b"not json"):
        with pytest.raises(BadToken):
            signer.verify(signer.sign(payload), typ="JWT")
