"""What the document of the provider's APIs says is true: no answer outside of the schema, and no valid call refused without a reason."""

from typing import Any

import hypothesis
import pytest
import schemathesis
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.provider import ISSUER, ProviderUnderTest

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["valid", "invalid"])
def test_no_answer_outside_of_the_schema(idp: ProviderUnderTest, mode: GenerationMode) -> None:
    document = idp.browser().get("/api/openapi.json", base_url=ISSUER).get_json()
    assert set(document["paths"]) == {"/api/notices", "/api/certificates", "/api/certificates/{serial}"}
    service = idp.register(
        grant_types=("client_credentials",), redirect_uris=(), scope="certificates:write notices:write"
    )
    asked = {"scope": "certificates:write notices:write", "resource": ISSUER}
    token = idp.token(service, grant_type="client_credentials", **asked).get_json()["access_token"]
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", idp.provider)
    for found in schema.get_all_operations():
        operation: Any = found.ok()

        @hypothesis.seed(1)
        @hypothesis.settings(
            max_examples=15,
            database=None,
            deadline=None,
            phases=[hypothesis.Phase.generate],
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
        def answered(case: Case) -> None:
            response = case.call(headers={"Authorization": f"Bearer {token}"})
            case.validate_response(response, checks=CHECKS)
            if mode is GenerationMode.POSITIVE:
                assert response.status_code not in {400, 413, 415}, (case, response.text)
                assert response.status_code != 422 or response.json()["error_description"], (case, response.text)

        answered()
