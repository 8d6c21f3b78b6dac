"""Which addresses Quick Links keeps."""

import pytest

from clients.dashboard.widgets.links.addresses import address_of, host_of, title_of


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://example.org/a?b#c", "https://example.org/a?b#c"),
        ("  example.org/path ", "https://example.org/path"),
        ("# comment\r\nhttps://example.org/1\r\nhttps://example.org/2", "https://example.org/1"),
        ("http://EXAMPLE.org", "http://EXAMPLE.org"),
        ("", ""),
        ("javascript:alert(1)", ""),
        ("javascript://example.org/%0aalert(1)", ""),
        ("data:text/html,x", ""),
        ("https://user@example.org", ""),
        ("https://user:pass@example.org", ""),
        ("https://exa mple.org", ""),
        ("https://example.org\\@evil.org", ""),
        ("https://[::1", ""),
        ("https://example.org:99999", ""),
        ("just words", ""),
        ("word", ""),
        ("https://" + "a" * 2000 + ".org", ""),
        ("https://example.org/\x00", ""),
    ],
)
def test_address(text: str, address: str) -> None:
    assert address_of(text) == address


def test_titles() -> None:
    assert title_of("", "https://www.example.org/a") == host_of("https://www.example.org/a") == "example.org"
    assert title_of(" A\n title\u202e ", "https://example.org") == "A title"
    assert len(title_of("a" * 500, "https://example.org")) == 200
