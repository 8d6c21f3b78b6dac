"""A request to the protocol, parsed once, the same for the WSGI front and for pages: Authlib's `OAuth2Request` without a framework."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from authlib.oauth2.rfc6749 import OAuth2Payload, OAuth2Request


class Parameters(OAuth2Payload):
    """Query or form parameters. An empty value counts as left out (RFC 6749 section 3.1)."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._data: dict[str, str] = {}
        self._datalist: defaultdict[str, list[str]] = defaultdict(list)
        for name, value in pairs:
            self._datalist[name].append(value)
            if value:
                self._data.setdefault(name, value)

    @property
    def data(self) -> dict[str, str]:
        """Each parameter's first value."""
        return self._data

    @property
    def datalist(self) -> defaultdict[str, list[str]]:
        """Every value."""
        return self._datalist

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Every name with its value, as it is kept of a request that waits for a person."""
        return [(name, value) for name, values in self._datalist.items() for value in values]

    def repeated(self, *, allowed: frozenset[str] = frozenset()) -> str | None:
        """Return the name of a parameter that came more than once."""
        return next((name for name, values in self._datalist.items() if len(values) > 1 and name not in allowed), None)


class ProtocolRequest(OAuth2Request):
    """Authlib's request, filled from what the front has read. Whether http is allowed was decided at start (`config`)."""

    def __init__(
        self, method: str, path: str, headers: Mapping[str, str], pairs: Iterable[tuple[str, str]], remote: str = ""
    ) -> None:
        self.method = method
        self.uri = path
        self.headers = headers
        self.remote = remote
        self.payload = Parameters(pairs)
        self.client: Any = None
        self.user: Any = None
        self.auth_method: str | None = None
        self.authorization_code: Any = None
        self.refresh_token: Any = None
        self.credential: Any = None
        self._scope: str | None = None
        self._body = None

    @property
    def form(self) -> dict[str, str]:
        """The body's parameters."""
        return self.payload.data

    @property
    def args(self) -> dict[str, str]:
        """Machine endpoints take nothing from the query."""
        return {}
