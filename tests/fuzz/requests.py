"""One request from a random generator: a route, who calls, and what is wrong with it."""

import random
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from tests.fuzz import values

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO")
_ARGUMENT = re.compile(r"<(?:[a-z_]+(?:\([^)]*\))?:)?([a-z_]+)>")
_BOUNDARY = "x-fuzz-boundary"


@dataclass(frozen=True)
class Route:
    """A rule of a url_map, and its methods."""

    rule: str
    methods: tuple[str, ...]


@dataclass
class Known:
    """What a program has shown of itself: values of a rule's arguments, names and values of fields, bodies that an API takes."""

    arguments: dict[str, list[str]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    fields: dict[str, dict[str, str]] = field(default_factory=dict)
    samples: dict[str, list[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """A request as it goes over the wire; `path` is percent-encoded, `length` what Content-Length says (None: chunked)."""

    method: str
    path: str
    query: bytes
    headers: tuple[tuple[str, str], ...]
    body: bytes
    content_type: str
    chunked: bool

    def __str__(self) -> str:
        head = " ".join(f"{name}: {value[:60]!r}" for name, value in self.headers)
        body = f"{self.body[:200]!r}{'…' if len(self.body) > 200 else ''} ({len(self.body)} bytes{', chunked' if self.chunked else ''})"
        return f"{self.method} {self.path[:200]}?{self.query[:200]!r} [{self.content_type[:60]}] {head} {body}"


def make(rng: random.Random, route: Route, known: Known) -> Request:
    """Return a request for a route."""
    path = _path(rng, route, known)
    method = rng.choice(route.methods) if rng.random() < 0.85 else rng.choice(_METHODS)
    body, content_type = _body(rng, route, known) if method not in {"GET", "HEAD"} or rng.random() < 0.05 else (b"", "")
    if rng.random() < 0.05:
        content_type = rng.choice(values.CONTENT_TYPES)
    headers = [
        (name, rng.choice(values.HEADERS[name]))
        for name in rng.sample(sorted(values.HEADERS), rng.choice((0, 0, 0, 0, 1, 1, 2, 3)))
    ]
    return Request(method, path, _query(rng, known), tuple(headers), body, content_type, rng.random() < 0.1)


def _path(rng: random.Random, route: Route, known: Known) -> str:
    def filled(match: re.Match[str]) -> str:
        there = known.arguments.get(match[1])
        return quote(rng.choice(there)) if there and rng.random() < 0.6 else rng.choice(values.SEGMENTS)

    path = _ARGUMENT.sub(filled, route.rule)
    match rng.random():
        case chance if chance < 0.01:
            return path + rng.choice(("/", "//", "%00", "/x", "%2f", ".json", "%FF"))
        case chance if chance < 0.02:
            return "/" + path
    return path


def _query(rng: random.Random, known: Known) -> bytes:
    match rng.random():
        case chance if chance < 0.5:
            return b""
        case chance if chance < 0.6:
            return rng.choice(values.QUERIES)
    pairs = [(_name(rng, known), values.text(rng)[:2000]) for _ in range(rng.choice((1, 1, 2, 4)))]
    return urlencode(pairs, errors="surrogatepass").encode()


def _name(rng: random.Random, known: Known) -> str:
    return rng.choice(known.names) if known.names and rng.random() < 0.9 else rng.choice(values.TEXTS)[:100]


def _body(rng: random.Random, route: Route, known: Known) -> tuple[bytes, str]:
    samples = known.samples.get(route.rule)
    match rng.random():
        case chance if samples and chance < 0.6:
            return values.dumped(values.spoilt(rng, rng.choice(samples))), "application/json"
        case chance if chance < 0.5:
            return urlencode(
                _fields(rng, route, known), errors="surrogatepass"
            ).encode(), "application/x-www-form-urlencoded"
        case chance if chance < 0.7:
            return _multipart(rng, route, known), f"multipart/form-data; boundary={_BOUNDARY}"
        case chance if chance < 0.8:
            return values.dumped(
                dict(_fields(rng, route, known)) if rng.random() < 0.5 else rng.choice(values.JSON_VALUES)
            ), "application/json"
    if rng.random() < 0.2:
        return values.der(rng)[1], rng.choice(values.CONTENT_TYPES)
    return rng.choice(values.BODIES), rng.choice(("application/json", *values.CONTENT_TYPES))


def _fields(rng: random.Random, route: Route, known: Known) -> list[tuple[str, str]]:
    """Return the form's own fields, some of them spoilt, or any names at all; some twice."""
    own = known.fields.get(route.rule)
    if own and rng.random() < 0.8:
        # The token of the form that it was seen in is nobody's; the right one goes as a header.
        pairs = [(name, value) for name, value in own.items() if name != "csrf_token" or rng.random() < 0.05]
        for at in rng.sample(range(len(pairs)), min(len(pairs), rng.choice((0, 1, 1, 2)))):
            pairs[at] = (pairs[at][0], values.pem(rng) if pairs[at][0] == "request" else values.text(rng))
        if pairs and rng.random() < 0.1:
            pairs.append(rng.choice(pairs))
        return pairs
    return [(_name(rng, known), values.text(rng)) for _ in range(rng.choice((0, 1, 3, 6)))]


def _multipart(rng: random.Random, route: Route, known: Known) -> bytes:
    parts = [(name, None, value.encode("utf-8", "surrogatepass")) for name, value in _fields(rng, route, known)]
    for at in range(len(parts)):
        if rng.random() < 0.4:
            filename, content = rng.choice(values.FILES)
            parts[at] = (parts[at][0], filename, content)  # type: ignore[assignment]
    lines = []
    for name, filename, content in parts:
        shown = f'; filename="{filename}"' if filename is not None else ""
        lines.append(
            f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name[:200]}"{shown}\r\n\r\n'.encode(
                "utf-8", "surrogatepass"
            )
            + content
        )
    made = b"\r\n".join([*lines, f"--{_BOUNDARY}--\r\n".encode()])
    return made[: rng.randrange(len(made))] if rng.random() < 0.1 else made
