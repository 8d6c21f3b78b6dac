"""The certificates' part of the provider's OpenAPI document."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from config.api_document import content, ref
from idp.oauth.api_document import answers, schemas_of

_HEXADECIMAL = {"type": "string", "pattern": "^[0-9a-fA-F]{1,40}$"}
_ISSUER = {"type": "string", "pattern": "^[0-9a-fA-F]{64}$"}


def paths(path: str, scope: str) -> dict[str, Any]:
    """Return the calls."""
    security = [{"service": [scope]}]
    stored = content({"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}})
    return {
        path: {
            "post": {
                "operationId": "addCertificate",
                "tags": ["Certificates"],
                "summary": "Let a person sign in with a certificate",
                "description": "Its one URI in the subject alternative name is the account's. Sent twice, it is registered once.",
                "security": security,
                "requestBody": {"required": True, "content": content(ref("NewCertificate"))},
                "responses": answers(
                    {
                        HTTPStatus.CREATED: {"description": "Registered.", "content": stored},
                        HTTPStatus.OK: {"description": "It was registered before.", "content": stored},
                    },
                    {
                        HTTPStatus.NOT_FOUND: "There is no such account.",
                        HTTPStatus.CONFLICT: "Another account has this certificate.",
                    },
                    body=True,
                ),
            }
        },
        f"{path}/{{serial}}": {
            "delete": {
                "operationId": "removeCertificate",
                "tags": ["Certificates"],
                "summary": "Let nobody sign in with a certificate any more",
                "security": security,
                "parameters": [
                    {"name": "serial", "in": "path", "required": True, "schema": _HEXADECIMAL},
                    {
                        "name": "issuer",
                        "in": "query",
                        "description": "SHA-256 of the issuer's SubjectPublicKeyInfo.",
                        "schema": _ISSUER,
                    },
                ],
                "responses": answers({HTTPStatus.NO_CONTENT: {"description": "Nobody can."}}, {}, body=False),
            }
        },
    }


def schemas(certificate: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is sent; `certificate` is the schema of the model that checks it."""
    return schemas_of([("NewCertificate", certificate)])
