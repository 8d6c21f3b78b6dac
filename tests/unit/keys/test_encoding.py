"""Base64url with one spelling for each value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import encoding


@given(st.binary(max_size=100))
def test_what_is_encoded_can_be_decoded(data: bytes) -> None:
    assert encoding.decode(encoding.encode(data)) == data


@pytest.mark.parametrize("text", [b"YQ==", b"YR", b"Y", b"Y+", b"Y/", b"Y Q", b"Y\nQ", b"\xff\xff"])
def test_refuses_any_other_spelling(text: bytes) -> None:
    with pytest.raises(ValueError, match="base64"):
        encoding.decode(text)
