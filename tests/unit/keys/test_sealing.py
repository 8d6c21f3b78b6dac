"""Secrets at rest."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.secrets import shared_secret
from keys import BadSealError, Sealer

SEALER = Sealer([bytes(range(32))])


@given(st.binary(max_size=200), st.text(max_size=20))
def test_opens_what_it_sealed_for_the_same_purpose(plaintext: bytes, purpose: str) -> None:
    assert SEALER.open(SEALER.seal(plaintext, purpose=purpose), purpose=purpose) == plaintext


@given(st.binary(max_size=50), st.text(max_size=20), st.text(max_size=20))
def test_another_purpose_opens_nothing(plaintext: bytes, purpose: str, other: str) -> None:
    if purpose != other:
        with pytest.raises(BadSealError):
            SEALER.open(SEALER.seal(plaintext, purpose=purpose), purpose=other)


def test_a_changed_character_opens_nothing() -> None:
    sealed = SEALER.seal(b"secret", purpose="p")

    for place, character in enumerate(sealed):
        for other in set("ABab01_-.") - {character}:
            with pytest.raises(BadSealError):
                SEALER.open(sealed[:place] + other + sealed[place + 1 :], purpose="p")


@pytest.mark.parametrize("text", ["", "v1", "v1..", "v2.a.b", "v1.00000000.AAAA", "v1.é.é"])
def test_nonsense_opens_nothing(text: str) -> None:
    with pytest.raises(BadSealError):
        SEALER.open(text, purpose="p")


def test_sealing_twice_looks_different() -> None:
    assert SEALER.seal(b"x", purpose="p") != SEALER.seal(b"x", purpose="p")


def test_a_new_root_seals_and_the_old_one_still_opens() -> None:
    sealed = SEALER.seal(b"x", purpose="p")
    rotated = Sealer([b"\7" * 32, bytes(range(32))])

    assert rotated.open(sealed, purpose="p") == b"x"
    with pytest.raises(BadSealError):
        SEALER.open(rotated.seal(b"x", purpose="p"), purpose="p")


def test_root_comes_from_a_file_or_from_the_settings(tmp_path: Path) -> None:
    from_file = Sealer.from_folder(tmp_path)
    text = shared_secret(tmp_path / "sealing.key")
    from_settings = Sealer.from_folder(tmp_path / "unused", [text])

    assert from_settings.open(from_file.seal(b"x", purpose="p"), purpose="p") == b"x"
    assert not (tmp_path / "unused").exists()


def test_subkeys_are_not_the_sealing_keys() -> None:
    assert len(SEALER.derive("csrf")) == 32
    assert SEALER.derive("csrf") != SEALER.derive("other")


@pytest.mark.parametrize("roots", [[], [b"short"]])
def test_refuses_a_weak_root(roots: list[bytes]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Sealer(roots)
