from flask import Flask
from flask.testing import FlaskClient


def test_live_answers_whatever_the_checks_say(client: FlaskClient, app: Flask) -> None:
    app.config["KEYS"] = False
    assert client.get("/health/live").json == {"status": "ok"}
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json == {"status": "not ready", "checks": {"database": "ok", "keys": "failed"}}
    app.config["KEYS"] = True
    assert client.get("/health/ready").status_code == 200
