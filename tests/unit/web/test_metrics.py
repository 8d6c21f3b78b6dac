from pathlib import Path

import pytest
from flask.testing import FlaskClient

from idp.web.metrics import Metrics
from tests.unit.web.conftest import make_app


def test_this_machine_may_read(client: FlaskClient) -> None:
    client.get("/form")
    text = client.get("/metrics").text
    assert 'idp_requests_total{endpoint="form",status="200"} 1.0' in text


@pytest.mark.parametrize("headers", [{"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}])
def test_what_a_proxy_forwarded_is_not_this_machine(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.get("/metrics", headers=headers).status_code == 404


def test_others_need_the_token(tmp_path: Path) -> None:
    client = make_app(tmp_path, IDP_METRICS__TOKEN="scrape-me").test_client()
    far = {"REMOTE_ADDR": "192.0.2.1"}
    assert client.get("/metrics", environ_base=far).status_code == 404
    assert client.get("/metrics", environ_base=far, headers={"Authorization": "Bearer wrong"}).status_code == 404
    assert client.get("/metrics", environ_base=far, headers={"Authorization": "Bearer scrape-me"}).status_code == 200


def test_the_outbox_is_measured_when_asked() -> None:
    depth = [3]
    metrics = Metrics(lambda: depth[0])
    depth[0] = 7
    metrics.sign_in("success")
    metrics.token("refresh_token")
    text = metrics.text().decode()
    assert "idp_outbox_depth 7.0" in text
    assert 'idp_sign_ins_total{outcome="success"} 1.0' in text
    assert 'idp_tokens_total{grant="refresh_token",outcome="success"} 1.0' in text
