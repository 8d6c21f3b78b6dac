import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.jwk import ECKey

from keys import KeyStore, rotation
from keys.vapid import VapidKey

NOW = 1_800_000_000
ENDPOINT = "https://updates.push.services.mozilla.com/wpush/v2/token"
CONTACT = "mailto:account@example.org"


def _token(header: str) -> tuple[str, str]:
    scheme, _, rest = header.partition(" ")
    assert scheme == "vapid"
    parts = dict(part.split("=", 1) for part in rest.split(", "))
    return parts["t"], parts["k"]


def _public(k: str) -> ECKey:
    point = base64.urlsafe_b64decode(k + "=" * (-len(k) % 4))
    assert (len(point), point[0]) == (65, 4)
    x, y = (base64.urlsafe_b64encode(half).rstrip(b"=").decode() for half in (point[1:33], point[33:]))
    return ECKey.import_key({"kty": "EC", "crv": "P-256", "x": x, "y": y})


def test_the_header_says_who_sends_to_whom(tmp_path: Path) -> None:
    key = VapidKey(tmp_path, CONTACT)
    token, k = _token(key.headers(ENDPOINT, NOW)["Authorization"])
    assert k == key.public
    decoded = jwt.decode(token, _public(k), algorithms=["ES256"])
    assert decoded.header == {"typ": "JWT", "alg": "ES256"}
    assert decoded.claims == {
        "aud": "https://updates.push.services.mozilla.com",
        "exp": NOW + 12 * 3600,
        "sub": CONTACT,
    }


def test_one_token_serves_an_origin_for_hours(tmp_path: Path) -> None:
    key = VapidKey(tmp_path, CONTACT)
    first = key.headers(ENDPOINT, NOW)
    assert key.headers(ENDPOINT + "2", NOW + 6 * 3600 - 1) == first
    assert key.headers(ENDPOINT, NOW + 6 * 3600) != first
    other = _token(key.headers("http://127.0.0.1:5000/x", NOW)["Authorization"])[0]
    assert jwt.decode(other, _public(key.public), algorithms=["ES256"]).claims["aud"] == "http://127.0.0.1:5000"


def test_a_clock_that_was_set_back_makes_a_new_one(tmp_path: Path) -> None:
    key = VapidKey(tmp_path, CONTACT)
    assert key.headers(ENDPOINT, NOW) != key.headers(ENDPOINT, NOW - 86400)


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    with ThreadPoolExecutor(20) as pool:
        made = list(pool.map(lambda _: VapidKey(folder, CONTACT).public, range(20)))
    assert len(set(made)) == 1
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_it_lives_beside_the_key_ring(tmp_path: Path) -> None:
    public = VapidKey(tmp_path, CONTACT).public
    rotation.ensure(KeyStore(tmp_path), NOW, ["ES256"])
    rotation.rotate(KeyStore(tmp_path), NOW, publish_ahead=0, keep_after=0)
    assert VapidKey(tmp_path, CONTACT).public == public


@pytest.mark.parametrize("private", [ed25519.Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP384R1())])
def test_another_kind_of_key_is_refused(tmp_path: Path, private: ec.EllipticCurvePrivateKey) -> None:
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "vapid.key").write_bytes(pem)
    with pytest.raises(ValueError, match="another kind"):
        _ = VapidKey(tmp_path, CONTACT).public
