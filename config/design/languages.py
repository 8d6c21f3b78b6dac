"""Which language a page is written in. Chosen without a form: a link with `?lang=` is remembered in the cookie `locale`.

The order is: what the person just chose, what they chose before in this browser, what the service that sent them asks
(`ui_locales`, OpenID Connect Core 3.1.2.1), the account's own language, the browser's, the first of the settings.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from urllib.parse import urlencode

from babel import Locale
from flask import Flask, Response, request
from flask_babel import Babel, get_locale
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

COOKIE = "locale"
_YEAR = 365 * 24 * 3600


class Language:
    """A language as the frame shows it: `tag` for `lang`, `dir`, and its name in itself."""

    __slots__ = ("dir", "locale", "name", "tag")

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.locale = Locale.parse(tag, sep="-")
        self.dir = self.locale.text_direction
        name = self.locale.get_display_name(self.locale) or tag
        self.name = name[:1].upper() + name[1:]


class Languages:
    """The languages of one program; `tags` are BCP 47, the default first."""

    def __init__(self, tags: Sequence[str], preferred: Callable[[], str | None] | None = None) -> None:
        self._by_tag = {tag.lower(): Language(tag) for tag in tags}
        self._by_locale = {language.locale: language for language in self._by_tag.values()}
        self._default = next(iter(self._by_tag.values()))
        self._preferred = preferred
        self._by_header = lru_cache(maxsize=256)(self._match_header)

    def __iter__(self) -> Iterator[Language]:
        return iter(self._by_tag.values())

    def init_app(self, app: Flask) -> None:
        """Let Flask-Babel ask here, and remember a choice in the answer."""
        Babel(app, default_locale=str(self._default.locale), locale_selector=self.select)
        app.after_request(self._remember)

    def current(self) -> Language:
        """Return the language in use (a mail's own while it is rendered)."""
        return self._by_locale.get(get_locale(), self._default)

    def select(self) -> Locale:
        """Choose for the current request."""
        language = (
            self._match(request.args.get("lang", ""))
            or self._match(request.cookies.get(COOKIE, ""))
            or self._match_any(request.args.get("ui_locales", "").split())
            or self._match((self._preferred and self._preferred()) or "")
            or self._by_header(request.headers.get("Accept-Language", "")[:200])
        )
        return language.locale

    def _match(self, tag: str) -> Language | None:
        """Find `tag`, or its language without the region."""
        tag = tag.lower()
        return self._by_tag.get(tag) or self._by_tag.get(tag.partition("-")[0])

    def _match_any(self, tags: Iterable[str]) -> Language | None:
        return next((language for tag in tags if (language := self._match(tag))), None)

    def _match_header(self, header: str) -> Language:
        accepted = parse_accept_header(header, LanguageAccept)
        return self._match_any(tag for tag, quality in accepted if quality > 0) or self._default

    def _remember(self, response: Response) -> Response:
        if not request.query_string:
            return response
        chosen = self._match(request.args.get("lang", ""))
        asked = None if COOKIE in request.cookies else self._match_any(request.args.get("ui_locales", "").split())
        if language := chosen or asked:
            # A service's wish lasts as long as the browser is open, a person's choice until they change it.
            response.set_cookie(
                COOKIE,
                language.tag,
                max_age=_YEAR if chosen else None,
                secure=request.is_secure,
                httponly=True,
                samesite="Lax",
            )
        return response


def rest_of_query() -> str:
    """Return this page's query without the language, ready to be continued; what was posted to the page is not repeated."""
    if not request.query_string:
        return ""
    others = request.args.to_dict(flat=False)
    others.pop("lang", None)
    return f"{urlencode(others, doseq=True)}&" if others else ""
