import secrets
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import ValidationError

from config.strong import WebAuthn
from idp.factors.webauthn import attestation, crypto, options
from idp.factors.webauthn.attestation import Policy
from idp.factors.webauthn.crypto import NewKey, Party
from idp.factors.webauthn.options import Holder
from tests.support.virtual_keys import Maker, SoftwareKey

PARTY = Party("localhost", "IP Account", "http://localhost:8000")
OTHER = "11111111-2222-3333-4444-555555555555"


@pytest.fixture(scope="module")
def maker() -> Maker:
    return Maker()


@pytest.fixture
def roots(tmp_path: Path, maker: Maker) -> Path:
    (tmp_path / "others.pem").write_bytes(Maker().root_pem)
    (tmp_path / "sample.pem").write_bytes(maker.root_pem + Maker().root_pem)
    return tmp_path


def made_by(policy: Policy, key: SoftwareKey) -> NewKey:
    challenge = secrets.token_bytes(32)
    asked = options.creation(
        "security_key", challenge, PARTY, Holder(b"h", "c", "C"), [], attestation=policy.ask, timeout_seconds=60
    )
    return crypto.verify_new(crypto.read(key.create(asked)), challenge, PARTY)


def judged(settings: WebAuthn, **key: object) -> str:
    policy = attestation.policy(settings)
    return policy.judge(made_by(policy, SoftwareKey(**{"backup_eligible": False, **key})))  # type: ignore[arg-type]


def test_nothing_is_asked_unless_it_is_set(maker: Maker) -> None:
    assert judged(WebAuthn(), maker=maker) == "ordinary"


def test_trusted_makers(roots: Path, maker: Maker) -> None:
    settings = WebAuthn(attestation="direct", roots=roots)
    assert judged(settings, maker=maker) == "trusted"
    assert judged(settings, maker=Maker()) == "ordinary"
    assert judged(settings, self_attested=True) == "ordinary"
    assert judged(settings) == "ordinary"
    assert judged(WebAuthn(attestation="direct"), maker=maker) == "ordinary"


def test_a_key_that_is_copied_to_other_devices_is_no_hardware(roots: Path, maker: Maker) -> None:
    assert judged(WebAuthn(attestation="direct", roots=roots), maker=maker, backup_eligible=True) == "ordinary"


def test_only_trusted_makers(roots: Path, maker: Maker) -> None:
    settings = WebAuthn(attestation="required", roots=roots)
    assert judged(settings, maker=maker) == "trusted"
    assert judged(settings, maker=Maker()) == "unknown_maker"
    assert judged(settings) == "unknown_maker"


def test_a_certificate_of_another_model(tmp_path: Path) -> None:
    lying = Maker(told=OTHER)
    (tmp_path / "root.pem").write_bytes(lying.root_pem)
    assert judged(WebAuthn(attestation="required", roots=tmp_path), maker=lying) == "unknown_maker"


def test_only_some_models(maker: Maker) -> None:
    settings = WebAuthn(attestation="direct", allowed_aaguids=(UUID(maker.aaguid),))
    assert judged(settings, maker=maker) == "ordinary"
    assert judged(settings, aaguid=OTHER) == "other_model"


@pytest.mark.parametrize("settings", [{"roots": "x"}, {"allowed_aaguids": [OTHER]}, {"attestation": "required"}])
def test_settings_that_contradict_themselves(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=r"strong\.webauthn"):
        WebAuthn(**settings)  # type: ignore[arg-type]


def test_a_folder_without_certificates(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="holds no certificate"):
        attestation.policy(WebAuthn(attestation="direct", roots=tmp_path))
