"""A program that is fuzzed: its routes, its visitors, and what they learn of it from its own pages, forms and documents."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import Client

from clients.sso import openapi
from tests.fuzz.requests import Known, Route

ROOT = Path(__file__).resolve().parents[2]
_NAMES = re.compile(
    r'(?:args|form|values|files|parameters)\.(?:get|getlist)\(\s*"(\w+)"|^    (\w+) = \w*Field\(', re.MULTILINE
)
_INPUT = re.compile(r"<(input|textarea|select|button)\b([^>]*)>")
_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
_LINK = re.compile(r'(?:href|action|formaction)="(/[^"#?]*)')
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_MOST_KNOWN = 40
_CALLED = ("/api/", "/token", "/introspect", "/revoke", "/userinfo", "/backchannel-logout", "/approvals/")


@dataclass
class Visitor:
    """A browser or program. `headers` returns what it sends with each request, a CSRF token or an access token."""

    name: str
    client: Client
    headers: Callable[[], dict[str, str]]
    arrive: Callable[[], Client] | None = None
    is_program: bool = False


@dataclass
class Program:
    """One program under test."""

    name: str
    base: str
    routes: list[Route]
    visitors: list[Visitor]
    known: Known
    match: Callable[[str], str]
    """Returns the rule of a path, empty for none."""
    database: str
    """The file of its database."""

    @property
    def calls(self) -> list[Route]:
        """Routes that programs call."""
        return [one for one in self.routes if one.rule.startswith(_CALLED)] or self.routes

    def learn(self, path: str, page: str) -> None:
        """Remember which addresses and fields a page has."""
        for link in _LINK.findall(page):
            self._address(unescape(link))
        for attributes, inside in _FORM.findall(page):
            given = dict(_ATTRIBUTE.findall(attributes))
            rule = self.match(unescape(given.get("action") or path).partition("?")[0])
            if not rule or len(self.known.fields) > 500:
                continue
            own = self.known.fields.setdefault(rule, {})
            for _kind, inner in _INPUT.findall(inside):
                about = dict(_ATTRIBUTE.findall(inner))
                if name := about.get("name"):
                    own[unescape(name)] = unescape(about.get("value", ""))

    def _address(self, path: str) -> None:
        rule = self.match(path)
        names = re.findall(r"<(?:[^:>]*:)?([a-z_]+)>", rule)
        if not names:
            return
        pattern = re.sub(r"<(?:[^:>]*:)?([a-z_]+)>", r"(?P<\1>[^/]+)", rule)
        if found := re.fullmatch(pattern, path):
            for name, value in found.groupdict().items():
                there = self.known.arguments.setdefault(name, [])
                if value not in there:
                    there.append(value)
                    del there[:-_MOST_KNOWN]


def read_known(folders: tuple[str, ...]) -> Known:
    sources = [path.read_text() for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    names = {one for source in sources for pair in _NAMES.findall(source) for one in pair if one}
    return Known(names=sorted(names))


def read_matcher(app: Flask, more: tuple[str, ...] = ()) -> Callable[[str], str]:
    adapter = app.url_map.bind("localhost")

    def match(path: str) -> str:
        for method in ("GET", "POST", "PUT", "DELETE"):
            try:
                rule, _values = adapter.match(path, method, return_rule=True)
            except Exception:  # noqa: BLE001 - no rule, or another method
                continue
            return rule.rule
        return path if path in more else ""

    return match


def read_routes(app: Flask) -> list[Route]:
    return [
        Route(rule.rule, tuple(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})) or ("GET",))
        for rule in app.url_map.iter_rules()
    ]


def read_samples(document: Mapping[str, Any], prefix: str) -> dict[str, list[Any]]:
    """Return bodies that an API takes, by rule."""
    found: dict[str, list[Any]] = {}
    for path, item in document["paths"].items():
        for about in item.values():
            schema = about.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            if schema:
                rule = prefix + re.sub(r"\{(\w+)\}", r"<\1>", path)
                found.setdefault(rule, []).extend(
                    _usable(openapi.sample(document, one)) for one in schema.get("oneOf", [schema])
                )
    return found


def _usable(value: Any) -> Any:
    """Fill in what a sample leaves open."""
    good = {
        "sub": "alice-1",
        "amount": "12.50",
        "due": "2030-01-31",
        "link": "https://example.org/x",
        "currency": "CHF",
    }
    if isinstance(value, dict):
        return {name: good.get(name, _usable(one)) for name, one in value.items()}
    return [_usable(one) for one in value] if isinstance(value, list) else value
