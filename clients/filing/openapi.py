"""The API's description (OpenAPI 3.1). Kinds and lengths are those that the form checks."""

from http import HTTPStatus
from typing import Any

from clients.filing.forms import LONGEST_APPLICANT, LONGEST_TITLE
from clients.filing.models import KINDS
from clients.sso.api_document import KEY, answers, without_body
from config.api_document import PROBLEM, content, ref

READ = "filing:read"
WRITE = "filing:write"
FIELDS = ("kind", "title", "applicant")
_TEXT = {"type": "string"}
_NUMBER = {"type": "integer"}
_EXAMPLE = {"kind": "patent", "title": "A quieter kettle", "applicant": "Moreau & Daughters"}
_ID = {"name": "draft_id", "in": "path", "required": True, "schema": _TEXT}
_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The `ETag` of the draft that you have before you, or `*` for whichever there is (RFC 9110 section 13.1.1).",
    "schema": _TEXT,
    "example": '"1"',
}
_GONE = {HTTPStatus.NOT_FOUND: "The person has no such draft."}
_CHANGED = {
    HTTPStatus.PRECONDITION_FAILED: "The draft was changed meanwhile: `draft` is what it has become.",
    HTTPStatus.PRECONDITION_REQUIRED: "`If-Match` is missing.",
}
_FULL = {HTTPStatus.CONFLICT: "The person has as many drafts as they can have."}


def document(base_url: str, issuer: str) -> dict[str, Any]:
    """Return the description for an installation at `base_url`, whose provider is `issuer`."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Filing",
            "version": "1",
            "description": "Drafts of applications. Calls bring a person’s access token (RFC 9068) of a sign-in with two factors, asked for with"
            f" `resource={base_url}/api` (RFC 8707); a weaker one is refused with what is needed (RFC 9470).",
        },
        "servers": [{"url": f"{base_url}/api"}],
        "paths": {"/drafts": _drafts(), "/drafts/{draft_id}": _draft()},
        "components": {
            "schemas": {"NewDraft": _new(), "Draft": _shown(), "Problem": PROBLEM},
            "securitySchemes": {
                "person": {
                    "type": "oauth2",
                    "flows": {
                        "authorizationCode": {
                            "authorizationUrl": f"{issuer}/authorize",
                            "tokenUrl": f"{issuer}/token",
                            "scopes": {READ: "Read drafts.", WRITE: "Make, change and delete drafts."},
                        }
                    },
                }
            },
        },
    }


def _drafts() -> dict[str, Any]:
    listed = {
        "type": "object",
        "required": ["drafts"],
        "properties": {"drafts": {"type": "array", "items": ref("Draft")}},
    }
    return {
        "get": {
            "operationId": "listDrafts",
            "summary": "List the person’s drafts",
            "description": "The last changed first.",
            "security": [{"person": [READ]}],
            "responses": answers(HTTPStatus.OK, "All of them.", listed),
        },
        "post": {
            "operationId": "createDraft",
            "summary": "Begin a draft",
            "security": [{"person": [WRITE]}],
            "parameters": [KEY],
            "requestBody": {"required": True, "content": content(ref("NewDraft"), example=_EXAMPLE)},
            "responses": _with_tag(
                answers(HTTPStatus.CREATED, "Made; `Location` says where it is.", ref("Draft"), _FULL)
            ),
        },
    }


def _draft() -> dict[str, Any]:
    return {
        "get": {
            "operationId": "showDraft",
            "summary": "Read a draft",
            "security": [{"person": [READ]}],
            "parameters": [_ID],
            "responses": _with_tag(answers(HTTPStatus.OK, "As it is now.", ref("Draft"), _GONE)),
        },
        "put": {
            "operationId": "changeDraft",
            "summary": "Change a draft",
            "security": [{"person": [WRITE]}],
            "parameters": [_ID, _MATCH],
            "requestBody": {"required": True, "content": content(ref("NewDraft"), example=_EXAMPLE)},
            "responses": _with_tag(answers(HTTPStatus.OK, "As it is now.", ref("Draft"), _GONE | _CHANGED)),
        },
        "delete": {
            "operationId": "deleteDraft",
            "summary": "Delete a draft for good",
            "security": [{"person": [WRITE]}],
            "parameters": [_ID, _MATCH],
            "responses": without_body(answers(HTTPStatus.NO_CONTENT, "Deleted.", {}, _GONE | _CHANGED)),
        },
    }


def _with_tag(responses: dict[str, Any]) -> dict[str, Any]:
    good = next(one for status, one in responses.items() if status.startswith("2"))
    good["headers"] = {"ETag": {"description": "Its version, for `If-Match`.", "schema": _TEXT}}
    return responses


def _new() -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(FIELDS),
        "properties": {
            "kind": {"enum": list(KINDS)},
            "title": _line(LONGEST_TITLE, "What the application is about: one line of text."),
            "applicant": _line(LONGEST_APPLICANT, "Who applies: a person or an organization."),
        },
    }


def _line(longest: int, about: str) -> dict[str, Any]:
    # Something of it has to be seen.
    return {
        "type": "string",
        "minLength": 1,
        "maxLength": longest,
        "pattern": r"[!-~\u00a1-\u00ac\u00ae-\u02ff]",
        "description": about,
    }


def _shown() -> dict[str, Any]:
    numbers = dict.fromkeys(("version", "created_at", "updated_at"), _NUMBER)
    texts = dict.fromkeys(("id", "reference", "title", "applicant"), _TEXT)
    properties = {**texts, "kind": {"enum": list(KINDS)}, **numbers}
    return {"type": "object", "required": sorted(properties), "properties": properties}
