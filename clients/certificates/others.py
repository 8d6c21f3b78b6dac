"""Whom this service tells: the portal's inbox, and the provider, where people sign in with their certificates."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import requests
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from clients.certificates import issued
from clients.certificates.sendings import SETTINGS
from clients.sso.outcomes import ProviderUnavailableError, RefusedError
from config.settings import RelyingPartySettings

if TYPE_CHECKING:
    from clients.sso.provider import Provider

_TIMEOUT_SECONDS = 10


class LaterError(Exception):
    """It wasn't taken; trying again may help."""


class NeverError(Exception):
    """It won't be taken, however often."""


class Others:
    """Calls their APIs, with this service's own tokens."""

    def __init__(self, provider: "Provider", settings: RelyingPartySettings) -> None:
        self._provider = provider
        self._issuer = settings.issuer
        self._base = settings.base_url
        self._portal = settings.services.get("dashboard", "")

    def tell(self, sending_id: str, kind: str, payload: dict[str, Any]) -> None:
        """Hand one thing over; raises LaterError, NeverError."""
        match kind:
            case "message":
                self._message(sending_id, payload)
            case "notice":
                self._notice(sending_id, payload)
            case "add":
                self._add(payload["sub"], payload["serial"])
            case "remove":
                self._remove(payload["serial"])
            case _:
                raise NeverError(kind)

    def _message(self, sending_id: str, payload: dict[str, Any]) -> None:
        if not self._portal:
            return
        link = payload["link"] if payload["link"].startswith("https:") else None
        body = payload["body"] if link else f"{payload['body']}\n\n{payload['link']}"
        content = {"sub": payload["sub"], "subject": payload["subject"], "body": body}
        # The mail is the notice that goes with it: the inbox sends no second one.
        content |= {"category": "security", "notified": True}
        content |= {"link": link} if link else {}
        api = f"{self._portal}/api"
        self._call("POST", f"{api}/messages", api, "messages:write", content, key=sending_id)

    def _notice(self, sending_id: str, payload: dict[str, Any]) -> None:
        """The provider knows where people are reached; a person is only a `sub` here."""
        notice = {
            "id": sending_id,
            "sub": payload["sub"],
            "subject": payload["subject"],
            "link": payload["link"],
            "channels": ["email"],
            "category": "security",
        }
        pages = {"inbox": f"{self._base}/certificates", "settings": f"{self._base}{SETTINGS}"}
        content = {"notices": [notice], **pages}
        self._call("POST", f"{self._issuer}/api/notices", self._issuer, "notices:write notices:security", content)

    def _add(self, sub: str, serial: str) -> None:
        certificate = issued.find(serial)
        if certificate is None or certificate.revoked_at:
            return
        pem = x509.load_der_x509_certificate(certificate.der).public_bytes(Encoding.PEM).decode()
        content = {"sub": sub, "certificate": pem}
        self._call("POST", f"{self._issuer}/api/certificates", self._issuer, "certificates:write", content)

    def _remove(self, serial: str) -> None:
        certificate = issued.find(serial)
        if certificate is None:
            return
        address = f"{self._issuer}/api/certificates/{serial}"
        self._call("DELETE", address, self._issuer, "certificates:write", None)

    def _call(  # noqa: PLR0917 - a call of an API
        self, method: str, address: str, resource: str, scope: str, content: dict[str, Any] | None, key: str = ""
    ) -> None:
        try:
            token = self._provider.own_token(resource=resource, scope=scope).access_token
            answer = requests.request(
                method,
                address,
                json=content,
                headers={"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {}),
                timeout=_TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except (requests.RequestException, ProviderUnavailableError, RefusedError) as error:
            raise LaterError(type(error).__name__) from error
        if answer.ok:
            return
        text = f"{answer.status_code} from {address}: {answer.text[:200]}"
        if answer.status_code in {HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY}:
            raise NeverError(text)
        raise LaterError(text)
