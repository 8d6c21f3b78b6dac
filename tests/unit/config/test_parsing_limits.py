"""Parsers of strangers' text limit first: nothing grows, and nothing takes the square of what was sent."""

import time
from base64 import urlsafe_b64encode

import pytest

from config.parsing import LONGEST_TYPED, MAX_HEADER_TEXT, check_jwt, header_text, is_visible, normalize, one_line
from idp.accounts.identifiers import MAX_IDENTIFIER, address_key, normal_address, normal_username, username_key
from idp.web.log import redact

GROWS = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}"
"""One character that NFKC makes eighteen of."""


def encoded(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def test_a_name_does_not_grow_without_end_when_it_is_normalised() -> None:
    assert len(normalize("NFKC", GROWS * 1_000_000, limit=100)) == 100
    assert len(one_line(GROWS * 1_000_000)) <= LONGEST_TYPED
    for key in (username_key, address_key):
        assert len(key(GROWS * 1_000_000)) <= MAX_IDENTIFIER
    assert normal_username(GROWS * 300) is None
    for typed in ("a" * 1_000_000, f"{'a.' * 500_000}@example.org", f"a@{'ä' * 100_000}.example"):
        assert normal_username(typed) is None
        assert normal_address(typed) is None


def test_a_header_about_its_sender_is_short_and_printable() -> None:
    assert header_text("Mozilla/5.0\x1b[2J\r\n" + "A" * 60_000) == "Mozilla/5.0[2J" + "A" * (MAX_HEADER_TEXT - 14)


@pytest.mark.parametrize(
    "content", ["[" * 10_000, '{"a":' * 5_000, "[]", "1", "", '{"a":' + "[" * 200 + "]" * 200 + "}"]
)
def test_a_jwt_is_no_place_for_endless_json(content: str) -> None:
    good = encoded('{"alg":"ES256"}')
    check_jwt(f"{good}.{good}.c2ln")
    for token in (
        f"{encoded(content)}.{good}.x",
        f"{good}.{encoded(content)}.x",
        f"{good}.{good}.{'x' * 20_000}",
        "a.b",
        ".",
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - any will do
            check_jwt(token)


@pytest.mark.parametrize("text", ["-eyJ" * 16_000, "code=" * 13_000, "authorization: " * 4_000, "eyJa.eyJ" * 8_000])
def test_a_path_without_end_costs_no_time_to_be_logged(text: str) -> None:
    """The first of them took four seconds."""
    began = time.process_time()
    redact(f"/{text}")
    assert time.process_time() - began < 0.5


INVISIBLE = (
    "\u200b", "\u200c\u200d", "\u2060\ufeff", "\u00ad", "\u200e\u200f\u202e\u2066\u2069", "\u061c", "\u115f", "\u1160", "\u3164", "\uffa0",
    "\u2800", "\u034f", "\u17b4\u17b5", "\u180b\u180e", "\ufe0f", "\U000e0100", "\U000e0041", "\u00a0\u2003\u3000", "\u2028\u2029", "\t\n\r ",
    "\u0301", "\U0001d159", "\ufffc", "\ue000", "", "\u3164 \u200b\u2800",
)  # fmt: skip


@pytest.mark.parametrize("text", INVISIBLE, ids=ascii)
def test_what_nobody_sees_is_no_text(text: str) -> None:
    assert not is_visible(text)
    assert one_line(text) == ""


@pytest.mark.parametrize(
    "text", ["a", "李", "م", "नि", "-", "5", "👍", "한", "\u200fשלום", "e\u0301", "a\u200db", "☃\ufe0f"]
)
def test_what_is_seen_is_a_text(text: str) -> None:
    assert is_visible(text)
    assert one_line(text)
