import base64
import json

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from idp.factors.push import crypto
from idp.factors.push.crypto import BadMessage
from tests.support.approving_device import ISSUER, ApprovingDevice, BrowserSubscription

MOZILLA = ("updates.push.services.mozilla.com", "*.notify.windows.com")


@pytest.fixture
def device() -> ApprovingDevice:
    return ApprovingDevice()


def test_the_key_that_it_names_signs_for_one_act(device: ApprovingDevice) -> None:
    message = device.sign("list", more=1)
    assert crypto.peek(message)[0] == device.kid
    jwk = json.dumps(device.jwk)
    assert crypto.verify(message, jwk, issuer=ISSUER, act="list")["more"] == 1
    for issuer, act in ((ISSUER, "answer"), ("https://other.example", "list")):
        with pytest.raises(BadMessage):
            crypto.verify(message, jwk, issuer=issuer, act=act)
    with pytest.raises(BadMessage):
        crypto.verify(message, json.dumps(ApprovingDevice().jwk), issuer=ISSUER, act="list")
    with pytest.raises(BadMessage):
        crypto.verify(device.sign("list", header={"typ": "JWT"}), jwk, issuer=ISSUER, act="list")


def test_no_other_algorithm(device: ApprovingDevice) -> None:
    payload = json.dumps({"iss": ISSUER, "act": "list", "iat": 1}).encode()
    header = {"typ": "device+jws", "kid": device.kid}
    unsigned = [base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (b'{"alg":"none","kid":"x"}', payload)]
    other = RSAKey.generate_key(2048, private=True)
    for forged in (".".join([*unsigned, ""]), jws.serialize_compact({**header, "alg": "RS256"}, payload, other)):
        with pytest.raises(BadMessage):
            crypto.verify(forged, json.dumps(device.jwk), issuer=ISSUER, act="list")


@pytest.mark.parametrize(
    "text", ["", "a.b.c", "e30.e30", "e30.e30.e30", "é.é.é", None, 7, "W10.e30.e30", "x" * 9000, "eyJraWQiOjd9.e30.e30"]
)
def test_what_is_no_message(text: object) -> None:
    with pytest.raises(BadMessage):
        crypto.peek(text)


def test_fresh_is_five_minutes_either_way() -> None:
    assert crypto.is_fresh({"iat": 1000}, 1300)
    assert crypto.is_fresh({"iat": 1300}, 1000)
    assert not any(crypto.is_fresh({"iat": at}, 1000) for at in (699, 1301, "1000", None, 1000.0))


def test_only_public_keys_on_the_right_curve(device: ApprovingDevice) -> None:
    key = crypto.read_key(device.jwk | {"ext": True, "key_ops": ["verify"]})
    assert key.kid == device.kid
    assert set(json.loads(key.jwk)) == {"crv", "kty", "x", "y"}
    other_curve = ECKey.generate_key("P-384", private=False).as_dict()
    for wrong in (
        None,
        {},
        other_curve,
        device.key.as_dict(private=True),
        device.jwk | {"x": device.jwk["y"]},
        device.jwk | {"x": 7},
        device.jwk | {"x": ""},
    ):
        with pytest.raises(BadMessage):
            crypto.read_key(wrong)


@pytest.mark.parametrize(
    ("endpoint", "allowed"),
    [
        ("https://updates.push.services.mozilla.com/wpush/v2/x", True),
        ("https://db5p.notify.windows.com/w/?token=x", True),
        ("https://a.b.notify.windows.com/x", True),
        ("https://updates.push.services.mozilla.com:443/x", True),
        ("https://notify.windows.com/x", False),
        ("https://evilnotify.windows.com/x", False),
        ("https://updates.push.services.mozilla.com.evil.example/x", False),
        ("https://evil.example/?updates.push.services.mozilla.com", False),
        ("https://user@updates.push.services.mozilla.com/x", False),
        ("https://updates.push.services.mozilla.com:8443/x", False),
        ("http://updates.push.services.mozilla.com/x", False),
        ("http://127.0.0.1:9/x", False),
        ("https://[::1", False),
        ("", False),
        ("https://updates.push.services.mozilla.com/" + "x" * 3000, False),
    ],
)
def test_pushes_go_to_known_services_only(endpoint: str, *, allowed: bool) -> None:
    assert crypto.is_allowed(endpoint, MOZILLA) is allowed


def test_a_loopback_service_is_one_that_is_listed() -> None:
    assert crypto.is_allowed("http://127.0.0.1:5000/x", ("127.0.0.1",))
    assert not crypto.is_allowed("http://localhost:5000/x", ("127.0.0.1",))


def test_subscriptions_are_read_as_browsers_write_them() -> None:
    offered = BrowserSubscription().to_json()
    read = crypto.read_subscription({**offered, "expirationTime": None}, MOZILLA)
    assert read is not None
    assert (read.endpoint, read.auth) == (offered["endpoint"], offered["keys"]["auth"])
    assert crypto.read_subscription(None, MOZILLA) is None
    keys = offered["keys"]
    for wrong in (
        {},
        "text",
        {**offered, "endpoint": "https://evil.example/"},
        {**offered, "endpoint": 7},
        {**offered, "keys": {**keys, "auth": "AAAA"}},
        {**offered, "keys": {**keys, "p256dh": keys["auth"]}},
        {**offered, "keys": {**keys, "p256dh": "é"}},
    ):
        with pytest.raises(BadMessage):
            crypto.read_subscription(wrong, MOZILLA)


def test_numbers_have_two_digits() -> None:
    assert {len(crypto.two_digits()) for _ in range(200)} == {2}
    assert len({crypto.two_digits() for _ in range(2000)}) == 90
