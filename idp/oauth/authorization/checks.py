"""An authorization request, checked: RFC 6749 section 4.1.1, RFC 7636, RFC 8707, OpenID Connect Core sections 3.1.2 and 5.5.

`identify` proves client and redirect URI; only what fails after that may be told to the client at that URI. `read` then runs
`CHECKS` in their order.
"""

import re
from collections.abc import Callable, Iterable

from idp.oauth import scopes
from idp.oauth.authorization import assurance, limits
from idp.oauth.authorization.request import AuthorizationRequest
from idp.oauth.client import Client, ClientRegistry
from idp.oauth.errors import (
    InvalidRequestError,
    InvalidScopeError,
    InvalidTargetError,
    OAuth2Error,
    UnauthorizedClientError,
)
from idp.oauth.request import Parameters

RESPONSE_TYPES = frozenset({"code"})
RESPONSE_MODES = frozenset({"query"})
CODE_CHALLENGE_METHODS = frozenset({"S256"})
PROMPTS = frozenset({"none", "login", "consent", "select_account", "create"})
"""OpenID Connect Core section 3.1.2.1; `create` is Initiating User Registration 1.0's."""

_CHALLENGE = re.compile(r"[A-Za-z0-9\-_]{43}")
_REPEATABLE = frozenset({"resource"})
_NOT_SUPPORTED = {
    "request": "request_not_supported",
    "request_uri": "request_uri_not_supported",
    "registration": "registration_not_supported",
}
_MAX_AGE_DIGITS = 9

SubjectOfHint = Callable[[str, Client], str | None]
"""Reads the subject of an ID token of ours that was issued to the client, expired or not; None if it isn't one."""


class UnknownClientError(Exception):
    """The client or its redirect URI is not proven: a page for the person, never a redirect (RFC 6749 section 4.1.2.1)."""


def identify(pairs: Iterable[tuple[str, str]], clients: ClientRegistry) -> AuthorizationRequest:
    """Return the request of a known client to one of its redirect URIs, not checked further.

    Raises:
        UnknownClientError: no such client, or no such redirect URI of it.
    """
    kept, excess = limits.keep_known(pairs)
    if excess in {"client_id", "redirect_uri"}:
        raise UnknownClientError(f"{excess} is too long")
    parameters = Parameters(kept)
    if any(len(parameters.datalist[name]) > 1 for name in ("client_id", "redirect_uri")):
        raise UnknownClientError("client_id or redirect_uri is included more than once")
    client = clients.find(parameters.data.get("client_id", ""))
    if client is None:
        raise UnknownClientError("no such client")
    sent = parameters.data.get("redirect_uri")
    redirect_uri = sent or client.get_default_redirect_uri()
    if not redirect_uri or not client.check_redirect_uri(redirect_uri):
        raise UnknownClientError(f"redirect URI not registered by {client.client_id}")
    return AuthorizationRequest(parameters, client, redirect_uri, redirect_uri_sent=sent is not None, excess=excess)


def read(request: AuthorizationRequest, subject_of_hint: SubjectOfHint, issuer: str) -> AuthorizationRequest:
    """Run the checks. `issuer` is a resource too: what a token for it opens is the UserInfo endpoint.

    Raises:
        OAuth2Error: what to tell the client.
    """
    for check in CHECKS:
        check(request)
    _check_resource(request, issuer)
    _check_id_token_hint(request, subject_of_hint)
    return request


def _check_size(request: AuthorizationRequest) -> None:
    if request.excess:
        what = "The request" if request.excess == "request" else request.excess
        raise InvalidRequestError(f"{what} is too long.")


def _check_repeated(request: AuthorizationRequest) -> None:
    if request.parameters.repeated(allowed=_REPEATABLE):
        raise InvalidRequestError("A parameter is included more than once.")


def _check_not_supported(request: AuthorizationRequest) -> None:
    for name, error in _NOT_SUPPORTED.items():
        if name in request.parameters.data:
            raise OAuth2Error(error=error, description=f"The parameter {name} is not supported.")


def _check_response_type(request: AuthorizationRequest) -> None:
    response_type = request.parameters.response_type
    if not response_type:
        raise InvalidRequestError("response_type is missing.")
    if response_type not in RESPONSE_TYPES:
        raise OAuth2Error(error="unsupported_response_type", description="This response_type is not supported here.")
    if not request.client.check_response_type(response_type) or not request.client.check_grant_type(
        "authorization_code"
    ):
        raise UnauthorizedClientError("The client is not registered for this response_type.")


def _check_response_mode(request: AuthorizationRequest) -> None:
    if request.parameters.data.get("response_mode", "query") not in RESPONSE_MODES:
        raise InvalidRequestError("This response_mode is not supported here.")


def _check_pkce(request: AuthorizationRequest) -> None:
    """RFC 9700 section 2.1.1, OAuth 2.1: for every client, and S256 only; without a method, `plain` would be meant."""
    data = request.parameters.data
    if "code_challenge" not in data:
        raise InvalidRequestError("code_challenge is missing: PKCE is required.")
    if data.get("code_challenge_method") not in CODE_CHALLENGE_METHODS:
        raise InvalidRequestError("code_challenge_method must be S256.")
    if not _CHALLENGE.fullmatch(data["code_challenge"]):
        raise InvalidRequestError("code_challenge is not well formed.")


def _check_scope(request: AuthorizationRequest) -> None:
    """Values that the client may not ask for are left out (Core section 3.1.2.1); the token response says what was granted."""
    asked = scopes.parse(request.parameters.data.get("scope"))
    if asked is None:
        raise InvalidScopeError
    granted = tuple(value for value in asked if value in request.client.scope_values)
    if "offline_access" in granted and not request.client.check_grant_type("refresh_token"):
        granted = tuple(value for value in granted if value != "offline_access")
    if asked and not granted:
        raise InvalidScopeError
    request.scope = granted


def _check_resource(request: AuthorizationRequest, issuer: str) -> None:
    resource = tuple(value for value in request.parameters.datalist.get("resource", ()) if value)
    if not set(resource) <= {*request.client.audiences, issuer}:
        raise InvalidTargetError
    request.resource = resource


def _check_prompt(request: AuthorizationRequest) -> None:
    prompt = frozenset(request.parameters.data.get("prompt", "").split())
    if not prompt <= PROMPTS:
        raise InvalidRequestError("The prompt is not one of those supported.")
    if "none" in prompt and len(prompt) > 1:
        raise InvalidRequestError("prompt=none excludes every other value.")
    request.prompt = prompt


def _check_max_age(request: AuthorizationRequest) -> None:
    value = request.parameters.data.get("max_age")
    if value is None:
        request.max_age = request.client.default_max_age
    elif value.isascii() and value.isdigit() and len(value) <= _MAX_AGE_DIGITS:
        request.max_age = int(value)
    else:
        raise InvalidRequestError("max_age is not a number of seconds.")


def _check_id_token_hint(request: AuthorizationRequest, subject_of_hint: SubjectOfHint) -> None:
    hint = request.parameters.data.get("id_token_hint")
    if hint is None:
        return
    subject = subject_of_hint(hint, request.client)
    if subject is None:
        raise InvalidRequestError("The id_token_hint is not an ID token for this client.")
    if request.subject_hint not in {"", subject}:
        raise OAuth2Error(error="login_required", description="The id_token_hint and the claims name different people.")
    request.subject_hint = subject


CHECKS: tuple[Callable[[AuthorizationRequest], None], ...] = (
    _check_size,
    _check_repeated,
    _check_not_supported,
    _check_response_type,
    _check_response_mode,
    _check_pkce,
    _check_scope,
    _check_prompt,
    _check_max_age,
    assurance.check_claims,
    assurance.check_acr,
)
