"""`POST /api/certificates` and `DELETE /api/certificates/<serial>?issuer=`: machine endpoints for the service that issues certificates.

With a token of the service itself (`oauth.service_guard`), scope `certificates:write`. Both may be repeated.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import parse_qs

import orjson
from cryptography import x509
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.parsing import refusing
from idp.factors.certificate.crypto import Refused, RefusedCertificateError
from idp.factors.certificate.registration import Registration
from idp.oauth.errors import JSON_HEADERS, MethodNotAllowedError
from idp.oauth.request_guard import read_json
from idp.oauth.server import WireAnswer
from idp.oauth.service_guard import ServiceCaller, ServiceGuard

PATH = "/api/certificates"
SCOPE = "certificates:write"
REALM = "certificates"
LARGEST_BODY = 64 * 1024
_RETRY_SECONDS = 60
_SERIAL = re.compile(r"[0-9a-fA-F]{1,40}")
_ISSUER = re.compile(r"[0-9a-fA-F]{64}")
_SENTENCES: dict[Refused, str] = {
    "self_signed": "The certificate is signed by itself.",
    "other_authority": "The certificate isn't from an authority that is trusted here.",
    "not_yet_valid": "The certificate isn't valid yet.",
    "expired": "The certificate has expired.",
    "purpose": "The certificate isn't a person's for TLS client authentication.",
    "revoked": "The certificate was revoked.",
    "unknown": "The certificate's authority says that it has never made it.",
    "other_account": "The one URI in the certificate's subject alternative name has to be the account's.",
    "malformed": "The certificate can't be read.",
}


class NewCertificate(BaseModel):
    """A certificate in PEM, and whose it is."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    sub: Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,255}$")]
    certificate: Annotated[str, Field(max_length=32 * 1024)]


class Endpoint:
    """Both endpoints. Call them with a WSGI environ; they raise OAuth2Error."""

    def __init__(self, registration: Registration, guard: ServiceGuard) -> None:
        self._registration = registration
        self._guard = guard

    def collection(self, environ: Mapping[str, Any]) -> WireAnswer:
        """Register a certificate: 201, or 200 when it was registered before."""
        if environ["REQUEST_METHOD"] != "POST":
            raise MethodNotAllowedError(("POST",))
        by = self._admit(environ).client.client_id
        body = read_json(environ, most=LARGEST_BODY)
        try:
            return self._register(NewCertificate.model_validate_json(body), by)
        except ValidationError as error:
            fields = ", ".join(sorted({".".join(map(str, one["loc"])) for one in error.errors()} - {""}))
            text = f"Send an object with `sub` and `certificate`{f'; wrong: {fields}' if fields else ''}."
            return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_request", text)

    def one(self, environ: Mapping[str, Any]) -> WireAnswer:
        """Let nobody sign in with a certificate any more: 204, also when nobody could."""
        if environ["REQUEST_METHOD"] != "DELETE":
            raise MethodNotAllowedError(("DELETE",))
        self._admit(environ)
        serial = str(environ["PATH_INFO"]).rpartition("/")[2]
        issuer = parse_qs(environ.get("QUERY_STRING", "")).get("issuer", [""])[-1]
        if not _SERIAL.fullmatch(serial) or (issuer and not _ISSUER.fullmatch(issuer)):
            text = "Name the serial number, and the issuer if you like, in hexadecimal."
            return _problem(HTTPStatus.BAD_REQUEST, "invalid_request", text)
        self._registration.remove(serial.lower().lstrip("0") or "0", issuer.lower())
        return HTTPStatus.NO_CONTENT, b"", list(JSON_HEADERS)

    def _register(self, sent: NewCertificate, by: str) -> WireAnswer:
        try:
            with refusing(lambda: RefusedCertificateError("malformed")):
                certificate = x509.load_pem_x509_certificate(sent.certificate.encode())
            outcome = self._registration.add(sent.sub, certificate, by)
        except RefusedCertificateError as error:
            if error.reason == "unchecked":
                return _unavailable()
            text = _SENTENCES[error.reason]
            return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_certificate", text, reason=error.reason)
        if outcome == "nobody":
            return _problem(HTTPStatus.NOT_FOUND, "unknown_account", "There is no such account.")
        if outcome == "taken":
            return _problem(HTTPStatus.CONFLICT, "taken", "Another account has this certificate.")
        status = HTTPStatus.CREATED if outcome == "added" else HTTPStatus.OK
        return status, orjson.dumps({"status": outcome}), list(JSON_HEADERS)

    def _admit(self, environ: Mapping[str, Any]) -> ServiceCaller:
        return self._guard.admit(environ.get("HTTP_AUTHORIZATION", ""), scope=SCOPE, realm=REALM)


def _unavailable() -> WireAnswer:
    """Whether it was revoked can't be found out now: the call may be repeated."""
    text = "The certificate's authority doesn't say whether the certificate was revoked. Try again."
    status, body, headers = _problem(HTTPStatus.SERVICE_UNAVAILABLE, "temporarily_unavailable", text)
    return status, body, [*headers, ("Retry-After", str(_RETRY_SECONDS))]


def _problem(status: HTTPStatus, error: str, description: str, **more: object) -> WireAnswer:
    return status, orjson.dumps({"error": error, "error_description": description, **more}), list(JSON_HEADERS)
