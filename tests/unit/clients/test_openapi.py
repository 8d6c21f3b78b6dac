"""What the APIs' documents say is true (OpenAPI 3.1): no answer outside of the schema, and no valid request refused without a reason."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import schemathesis
from flask import Flask
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from werkzeug.test import TestResponse

from clients.dashboard.app import create as create_dashboard
from clients.filing.app import create as create_filing
from clients.pairing.app import create as create_pairing
from clients.sso.db import db
from config.settings import load_relying_party
from tests.support.provider_double import Clock, ProviderDouble

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 12
APIS: dict[str, tuple[Callable[..., Flask], str, str]] = {
    "dashboard": (create_dashboard, "notices", "messages:write payments:write widgets:write"),
    "pairing": (create_pairing, "alice-1", "pairing:read"),
    "filing": (create_filing, "alice-1", "filing:read filing:write"),
}


@contextmanager
def service(name: str, folder: Path, provider: ProviderDouble, clock: Clock) -> Iterator[tuple[Flask, dict[str, str]]]:
    """Yield a service, and a header with a token that may call all of its API."""
    create, sub, scope = APIS[name]
    settings = load_relying_party(name, {"DATA_DIR": str(folder), "ISSUER": provider.issuer, "PROFILE": "test"})
    app, now = create(settings), int(clock())
    claims = {"iss": provider.issuer, "aud": f"{settings.base_url}/api", "sub": sub, "client_id": "notices", "iat": now}
    claims |= {"exp": now + 600, "scope": scope, "acr": "aal2", "auth_time": now}
    yield app, {"Authorization": f"Bearer {provider.sign(claims, typ='at+jwt')}"}
    with app.app_context():
        db.engine.dispose()


def reason(response: TestResponse) -> str:
    """Return why a request was refused: the fields that it names, or the error's own sentence."""
    body = response.json()
    return ", ".join(body.get("errors", ())) or body.get("error_description", "")


@pytest.mark.parametrize("name", APIS)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "invalid"])
def test_no_answer_outside_of_the_schema(
    name: str, mode: GenerationMode, tmp_path: Path, provider: ProviderDouble, clock: Clock
) -> None:
    with service(name, tmp_path, provider, clock) as (app, token):
        schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
        operations = [found.ok() for found in schema.get_all_operations()]
        assert operations
        for operation in operations:
            # Of a call that takes anything nothing invalid can be made.
            with suppress(hypothesis.errors.Unsatisfiable) if mode is GenerationMode.NEGATIVE else nullcontext():
                call(operation, mode, token)


def call(operation: Any, mode: GenerationMode, token: dict[str, str]) -> None:
    @hypothesis.seed(1)
    @hypothesis.settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def answered(case: Case) -> None:
        response = case.call(headers=token)
        case.validate_response(response, checks=CHECKS)
        if mode is GenerationMode.POSITIVE:
            assert response.status_code not in {400, 413, 415, 422} or reason(response), (case, response.text)

    answered()
