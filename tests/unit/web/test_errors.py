import re

import pytest
from flask.testing import FlaskClient

from idp.request_id import support_code

HTML = {"Accept": "text/html"}


@pytest.mark.parametrize("path", ["/page-error", "/unexpected", "/nothing", "/abort/429", "/abort/418", "/abort/503"])
def test_each_error_page_has_a_code_a_next_step_and_help(client: FlaskClient, path: str) -> None:
    page = client.get(path, headers=HTML)
    assert page.status_code >= 400
    assert support_code(page.headers["X-Request-Id"]) in page.text
    assert 'id="error"' in page.text
    assert 'class="button"' in page.text
    assert 'href="/help"' in page.text


def test_a_page_error_shows_its_text_and_hides_its_detail(client: FlaskClient) -> None:
    page = client.get("/page-error", headers=HTML)
    assert page.status_code == 409
    assert "That was taken" in page.text
    assert "Choose another name." in page.text
    assert "hidden detail" not in page.text
    assert page.headers["Retry-After"] == "7"


def test_what_was_not_expected_says_nothing_about_itself(client: FlaskClient) -> None:
    page = client.get("/unexpected", headers=HTML)
    assert page.status_code == 500
    assert "hunter2" not in page.text
    assert "Traceback" not in page.text


def test_who_takes_only_json_gets_json(client: FlaskClient) -> None:
    answer = client.get("/unexpected", headers={"Accept": "application/json"})
    assert answer.json == {
        "error": "internal_server_error",
        "error_description": "Nothing you entered caused this. Try again; if it happens again, tell us the support code.",
        "message": "Nothing you entered caused this. Try again; if it happens again, tell us the support code.",
        "support_code": support_code(answer.headers["X-Request-Id"]),
    }


def test_methods_that_are_allowed_are_named(client: FlaskClient) -> None:
    assert "POST" in client.delete("/form", headers=HTML).headers.get("Allow", "POST")


def test_a_support_code_can_be_read_out() -> None:
    assert re.fullmatch(r"[A-Z2-7]{4}-[A-Z2-7]{4}", support_code("anything"))
