"""Redirect URIs: which may be registered, and whether one that came with a request is one of them. Pure."""

from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

_LOOPBACK_LITERALS = {"127.0.0.1", "::1"}
_LOOPBACK_HOSTS = _LOOPBACK_LITERALS | {"localhost"}
_DANGEROUS_SCHEMES = {"javascript", "data", "vbscript", "file", "blob", "about", "filesystem", "view-source"}
_MAX_LENGTH = 2048


class RedirectURIError(ValueError):
    """The URI may not be registered; the message says why, for whoever registers it."""


def check_registrable(uri: str, *, public: bool) -> str:
    """Return `uri` if a client may register it (RFC 6749 section 3.1.2, RFC 8252, RFC 9700 section 2.1).

    https anywhere, http on loopback only, and for a public (native) client a private-use scheme with a dot in it.

    Raises:
        RedirectURIError: anything else.
    """
    parts = _split(uri)
    if parts.fragment or uri.endswith("#"):
        raise RedirectURIError("A redirect URI has no fragment.")
    if parts.username is not None or parts.password is not None:
        raise RedirectURIError("A redirect URI has no user name or password in it.")
    if parts.scheme in {"https", "http"}:
        if not parts.hostname:
            raise RedirectURIError("The redirect URI names no host.")
        if parts.scheme == "http" and parts.hostname not in _LOOPBACK_HOSTS:
            raise RedirectURIError("Use https: http is only for a loopback address.")
        if "*" in uri:
            raise RedirectURIError("A redirect URI is compared character by character; a * is no wildcard.")
        return uri
    if parts.scheme in _DANGEROUS_SCHEMES:
        raise RedirectURIError(f"The scheme {parts.scheme} can't be used.")
    if not public:
        raise RedirectURIError("Only a public client on a device may use a scheme of its own.")
    if "." not in parts.scheme:
        raise RedirectURIError(
            "A scheme of one's own is a reversed domain name, such as org.example.app (RFC 8252 section 7.1)."
        )
    return uri


def matches(uri: str, registered: Iterable[str]) -> bool:
    """Tell whether `uri` is registered: the same string, or on a loopback IP literal the same but for the port (RFC 8252 section 7.3)."""
    known = list(registered)
    if uri in known:
        return True
    try:
        parts = _split(uri)
    except RedirectURIError:
        return False
    if parts.scheme != "http" or parts.hostname not in _LOOPBACK_LITERALS or parts.username is not None:
        return False
    return any(
        _without_port(uri, parts) == _without_port(other, _split(other)) for other in known if other.startswith("http:")
    )


def origin(uri: str) -> str:
    """Return what a Content-Security-Policy calls the URI's source: `scheme://host:port`, or `scheme:`."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"


def _without_port(uri: str, parts: SplitResult) -> str:
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else str(parts.hostname)
    return uri.replace(f"//{parts.netloc}", f"//{host}", 1)


def _split(uri: str) -> SplitResult:
    if not uri or len(uri) > _MAX_LENGTH or any(ord(c) <= 0x20 or ord(c) >= 0x7F or c in '\\"<>^`{|}' for c in uri):  # noqa: PLR2004
        raise RedirectURIError("A redirect URI is an absolute URI of printable ASCII characters.")
    try:
        parts = urlsplit(uri)
        parts.port  # noqa: B018  raises for a port that is no number
    except ValueError as error:
        raise RedirectURIError("This is not a URI.") from error
    if not parts.scheme:
        raise RedirectURIError("A redirect URI is absolute: it begins with a scheme.")
    return parts
