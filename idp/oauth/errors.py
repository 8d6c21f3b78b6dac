"""OAuth errors that Authlib has no class for, and how each error becomes an answer. The public text never carries input or detail."""

from http import HTTPStatus
from typing import Any

import orjson
from authlib.oauth2.rfc6749 import errors as rfc6749

from config.database_errors import RETRY_SECONDS

JSON_HEADERS = [("Content-Type", "application/json"), ("Cache-Control", "no-store"), ("Pragma", "no-cache")]

OAuth2Error = rfc6749.OAuth2Error
InvalidRequestError = rfc6749.InvalidRequestError
InvalidGrantError = rfc6749.InvalidGrantError
InvalidScopeError = rfc6749.InvalidScopeError
UnauthorizedClientError = rfc6749.UnauthorizedClientError


class InvalidClientError(rfc6749.OAuth2Error):
    """RFC 6749 section 5.2. Always 401 with a challenge, as RFC 9110 section 15.5.2 wants of every 401.

    The caller reads one text, whatever it was: who is registered, and how, is no stranger's business. `detail` is for the log.
    """

    error = "invalid_client"
    description = "Client authentication failed."
    status_code = HTTPStatus.UNAUTHORIZED

    def __init__(self, detail: str) -> None:
        super().__init__()
        self.detail = detail

    def get_headers(self) -> list[tuple[str, str]]:  # noqa: D102
        return [*JSON_HEADERS, ("WWW-Authenticate", 'Basic realm="token"')]


class UnsupportedGrantTypeError(rfc6749.OAuth2Error):
    """RFC 6749 section 5.2."""

    error = "unsupported_grant_type"
    description = "This grant type is not supported here."


class InvalidTargetError(rfc6749.OAuth2Error):
    """RFC 8707 section 2."""

    error = "invalid_target"
    description = "The resource is not one that this client may ask tokens for."


class UnmetAuthenticationRequirementsError(rfc6749.OAuth2Error):
    """OpenID Connect Core Unmet Authentication Requirements 1.0 section 2, RFC 9470 section 5."""

    error = "unmet_authentication_requirements"
    description = "The person can't be signed in as strongly as was asked for."


class PayloadTooLargeError(rfc6749.OAuth2Error):
    """A body that no request of this protocol needs."""

    error = "invalid_request"
    description = "The request body is too large."
    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class UnsupportedMediaTypeError(rfc6749.OAuth2Error):
    """RFC 9110 section 15.5.16."""

    error = "invalid_request"
    description = "Send JSON, with Content-Type: application/json."
    status_code = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class TemporarilyUnavailableError(rfc6749.OAuth2Error):
    """The database is locked, full or away (RFC 9110 section 15.6.4); the name is RFC 6749's, section 4.1.2.1."""

    error = "temporarily_unavailable"
    description = "Send the request again in a moment."
    status_code = HTTPStatus.SERVICE_UNAVAILABLE

    def get_headers(self) -> list[tuple[str, str]]:  # noqa: D102
        return [*JSON_HEADERS, ("Retry-After", str(RETRY_SECONDS))]


class MethodNotAllowedError(rfc6749.OAuth2Error):
    """RFC 9110 section 15.5.6."""

    error = "invalid_request"
    description = "The method is not allowed here."
    status_code = HTTPStatus.METHOD_NOT_ALLOWED

    def __init__(self, allowed: tuple[str, ...]) -> None:
        super().__init__()
        self.allowed = allowed

    def get_headers(self) -> list[tuple[str, str]]:  # noqa: D102
        return [*JSON_HEADERS, ("Allow", ", ".join(self.allowed))]


class BearerError(rfc6749.OAuth2Error):
    """RFC 6750 section 3: the challenge says what was wrong with the token; without one, only that one is needed."""

    def __init__(
        self,
        error: str = "",
        description: str = "",
        status: int = HTTPStatus.UNAUTHORIZED,
        scope: str = "",
        *,
        realm: str = "userinfo",
    ) -> None:
        super().__init__(description=description, status_code=status, error=error or "invalid_token")
        self._realm = realm
        self._challenge = {"error": error, "error_description": description, "scope": scope}

    def get_headers(self) -> list[tuple[str, str]]:  # noqa: D102
        details = "".join(f', {name}="{value}"' for name, value in self._challenge.items() if value)
        return [*JSON_HEADERS, ("WWW-Authenticate", f'Bearer realm="{self._realm}"{details}')]


def error_body(error: Any) -> bytes:  # noqa: ANN401  Authlib's errors are untyped
    """Return the JSON of RFC 6749 section 5.2."""
    description = error.get_error_description()
    return orjson.dumps({"error": error.error} | ({"error_description": description} if description else {}))
