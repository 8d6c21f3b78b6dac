import logging
import secrets

import orjson
import pytest

from idp.web import log

JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer SECRETVALUE",
        "authorization=Basic SECRETVALUE",
        "{'Authorization': 'DPoP SECRETVALUE'}",
        "grant_type=authorization_code&code=SECRETVALUE&state=1",
        "password=SECRETVALUE",
        '{"password": "SECRETVALUE"}',
        "new_password: SECRETVALUE",
        "client_secret=SECRETVALUE",
        "refresh_token=SECRETVALUE;",
        "code_verifier=SECRETVALUE",
        "client_assertion=SECRETVALUE",
    ],
)
def test_named_secrets_are_hidden(text: str) -> None:
    assert "SECRETVALUE" not in log.redact(text)


def test_nameless_secrets_are_hidden() -> None:
    assert "eyJ" not in log.redact(f"could not read {JWT}")
    secret = secrets.token_urlsafe(32)
    assert secret not in log.redact(f"found {secret} here")
    assert secret not in log.redact(f"/confirm/{secret}")


@pytest.mark.parametrize(
    "text",
    ["grant_type=authorization_code", "account 01m8210r0m2yzw3kz5cv489dde", "/account/security", "status code 200"],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert log.redact(text) == text


def test_a_record_becomes_one_line() -> None:
    error = ValueError("token=abc123")
    information = (ValueError, error, None)
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed for %s", ("code=123456",), information)
    record.event = {"status": 500, "note": "password=hunter2"}
    text = log.JsonFormatter().format(record)
    line = orjson.loads(text)
    assert "\n" not in text
    assert line["status"] == 500
    assert line["level"] == "error"
    assert not {"123456", "hunter2", "abc123"} & set(text.replace('"', " ").replace("=", " ").split())
