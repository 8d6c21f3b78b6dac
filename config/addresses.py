"""Public addresses: which of the IP addresses that a name leads to belong to the public Internet. Pure.

Python's `is_global` follows IANA's registries of special addresses, as old as the interpreter is. It judges the outer address: what lies inside of one
that translates or tunnels is looked at here, at every place where a gateway may read it.
"""

import ipaddress
from ipaddress import IPv4Address, IPv6Address

_NOT_PUBLIC = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/8",  # this network (RFC 791)
            "192.0.0.0/24",  # IETF protocol assignments (RFC 6890)
            "192.88.99.0/24",  # 6to4 relays, given up (RFC 7526)
            "198.18.0.0/15",  # benchmarks (RFC 2544)
            "240.0.0.0/4",  # reserved (RFC 1112)
            "::/96",  # IPv4-compatible, given up (RFC 4291)
            "::ffff:0:0:0/96",  # IPv4-translated (RFC 2765)
            "64:ff9b:1::/48",  # NAT64 of a network's own (RFC 8215): where the inner address lies is that network's choice
            "100::/64",  # discard only (RFC 6666)
            "5f00::/16",  # segment routing (RFC 9602)
            "fc00::/7",  # unique local (RFC 4193)
            "fe80::/10",  # link local (RFC 4291)
            "fec0::/10",  # site local, given up (RFC 3879)
        ),
    )
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_ISATAP = (0x00005EFE, 0x02005EFE)
_LOW = 0xFFFFFFFF


def is_public(address: str) -> bool:
    """Tell whether an IP address, with or without a zone, is one of the public Internet, and every IPv4 address inside of it too."""
    outer = ipaddress.ip_address(address.partition("%")[0])
    # Whatever stands behind a zone is this machine's own network.
    return "%" not in address and all(map(_is_public, (outer, *_embedded(outer))))


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return True  # it is the address inside of it, which is looked at beside it
    special = any(address in network for network in _NOT_PUBLIC if network.version == address.version)
    return address.is_global and not address.is_multicast and not special


def _embedded(address: IPv4Address | IPv6Address) -> tuple[IPv4Address, ...]:
    """Return the IPv4 addresses that an IPv6 one leads to: mapped, NAT64 (RFC 6052), 6to4, Teredo, ISATAP."""
    if isinstance(address, IPv4Address):
        return ()
    inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64 or (int(address) >> 32) & _LOW in _ISATAP:
        inner.append(IPv4Address(int(address) & _LOW))
    return tuple(each for each in inner if each is not None)
