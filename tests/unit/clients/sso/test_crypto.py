"""The few cryptographic needs of a relying party."""

from clients.sso.crypto import Box, derive


def test_a_box_opens_only_with_its_secret_and_purpose() -> None:
    closed = Box("root", "id token").close("text")

    assert "text" not in closed
    assert Box("root", "id token").open(closed) == "text"
    assert Box("other", "id token").open(closed) is None
    assert Box("root", "cookies").open(closed) is None
    assert Box("root", "id token").open("nonsense") is None


def test_subkeys_differ() -> None:
    assert derive("root", "a") != derive("root", "b")
    assert len(derive("root", "a")) == 32
