"""Turns what a service wrote into what a person may safely see. nh3 (ammonia) does the cleaning; here is only what is allowed.

A link leads to https, or in a demonstration to this machine, and names its host beside it; nothing is loaded from anywhere.
"""

import html
import re

import nh3

from clients.dashboard.api.fields import host_of

TAGS = {"a", "blockquote", "br", "code", "em", "i", "b", "li", "ol", "p", "strong", "ul"}
_REL = "noopener noreferrer nofollow"
_LINK = re.compile(r'<a href="([^"]*)"([^>]*)>(.*?)</a>', re.DOTALL)
_BLOCK = re.compile(r"</?(?:p|br|li|ul|ol|blockquote)(?: [^>]*)?>")
_TAG = re.compile(r"<[^>]*>")


def cleaned(written: str) -> str:
    """Return the allowed part of a piece of HTML."""
    return nh3.clean(
        written,
        tags=TAGS,
        attributes={"a": {"href"}},
        attribute_filter=lambda _tag, name, value: value if name != "href" or host_of(value) else None,
        url_schemes={"https", "http"},
        link_rel=_REL,
    )


def from_text(written: str) -> str:
    """Return plain text as HTML: an empty line begins a paragraph, a line stays a line."""
    paragraphs = [part.strip("\n") for part in re.split(r"\n[ \t]*\n", written)]
    return "".join(f"<p>{html.escape(part).replace(chr(10), '<br>')}</p>" for part in paragraphs if part.strip())


def text_of(clean: str) -> str:
    """Return the words of cleaned HTML."""
    return " ".join(html.unescape(_TAG.sub("", _BLOCK.sub(" ", clean))).split())


def shown(stored: str) -> str:
    """Return a stored body for a page: cleaned by today's rules, each link with its host beside it."""
    return _LINK.sub(_with_host, cleaned(stored))


def _with_host(link: re.Match[str]) -> str:
    address, rest, inside = link.groups()
    host = html.escape(host_of(html.unescape(address)))
    return f'<a href="{address}"{rest}>{inside if text_of(inside) else host}</a> <small class="host">(<bdi>{host}</bdi>)</small>'
