"""Addresses that look public and aren't are refused, whatever they are wrapped in."""

import pytest

from config.addresses import is_public

PRIVATE_V4 = ("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "0.1.2.3", "224.0.0.1",
              "240.0.0.1", "255.255.255.255", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1")  # fmt: skip


def hexadecimal(address: str) -> str:
    first, second, third, fourth = map(int, address.split("."))
    return f"{first * 256 + second:x}:{third * 256 + fourth:x}"


def inverted(address: str) -> str:
    return ".".join(str(255 - int(part)) for part in address.split("."))


WRAPPED = {
    "mapped": "::ffff:{0}",
    "compatible": "::{0}",
    "translated": "::ffff:0:{0}",
    "NAT64 of RFC 6052": "64:ff9b::{0}",
    "NAT64 of RFC 8215": "64:ff9b:1::{0}",
    "6to4": "2002:{0}::1",
    "ISATAP": "2001:db9::5efe:{0}",
}


@pytest.mark.parametrize("address", PRIVATE_V4)
@pytest.mark.parametrize("kind", WRAPPED)
def test_a_private_address_is_not_public_in_any_wrapping(kind: str, address: str) -> None:
    assert not is_public(address)
    assert not is_public(WRAPPED[kind].format(hexadecimal(address)))


@pytest.mark.parametrize("address", PRIVATE_V4)
def test_teredo_leads_to_no_private_address(address: str) -> None:
    assert not is_public(f"2001:0:{hexadecimal(address)}:0:0:{hexadecimal(inverted('93.184.216.34'))}")
    assert not is_public(f"2001:0:{hexadecimal('93.184.216.34')}:0:0:{hexadecimal(inverted(address))}")


@pytest.mark.parametrize(
    "address",
    [
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "2606:2800:220:1::1%eth0",
        "fec0::1",
        "feff::1",
        "fc00::1",
        "fd00::1",
        "ff02::1",
        "ff0e::1",
        "100::1",
        "2001:db8::1",
        "2001:2::1",
        "5f00::1",
        # Where the address lies inside is a network's own choice, so a public one inside proves nothing.
        "64:ff9b:1::5db8:d822",
        "64:ff9b:1:5d:b8d8:22::",
        "::5db8:d822",
        "::ffff:0:5db8:d822",
    ],
)
def test_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["93.184.216.34", "1.1.1.1", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34", "64:ff9b::5db8:d822", "2a00:1450::1"],
)  # fmt: skip
def test_public_addresses_are(address: str) -> None:
    assert is_public(address)
