"""Random secrets, digests and subkeys."""

from keys import hashing


def test_secrets_are_long_random_and_named() -> None:
    secrets = {hashing.new_secret("idp_at_") for _ in range(100)}

    assert len(secrets) == 100
    assert all(secret.startswith("idp_at_") and len(secret) == 50 for secret in secrets)


def test_digest_is_sha_256() -> None:
    assert hashing.digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_same_compares_any_text() -> None:
    assert hashing.same("é", "é")
    assert not hashing.same("a", "b")
    assert not hashing.same("a", "aa")


def test_subkeys_differ_by_purpose_and_root() -> None:
    one = hashing.derive(bytes(32), "csrf")

    assert len(one) == 32
    assert one == hashing.derive(bytes(32), "csrf")
    assert one != hashing.derive(bytes(32), "mail")
    assert one != hashing.derive(b"\1" * 32, "csrf")
