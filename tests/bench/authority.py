"""What the certificate authority answers, beside a bare Flask page: `python -m tests.bench.authority`.

Both are called as WSGI apps in this process, by turns, without a web server, which would make them look more alike than they are. A
question without a nonce is answered from what was signed before, one with a nonce is signed for itself. The list has 100,000 entries.
"""

import io
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from flask import Flask

from clients.certificates.app import create
from clients.certificates.models import Certificate
from clients.certificates.trail import Who
from clients.sso.db import db
from config.settings import load_relying_party
from keys.ca import Person
from keys.ca.authority import new_serial
from tests.bench import cores

REVOKED = 100_000
_ROUNDS = 5
_SECONDS = 0.6


def measure(*, core: int) -> dict[str, float]:
    """Return answers a second and what the list costs; measured in a process of its own on that core."""
    command = [sys.executable, "-m", "tests.bench.authority"]
    done = subprocess.run(command, check=True, capture_output=True, text=True, preexec_fn=cores.pin(core))
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


def _call(app: Flask, path: str, sent: bytes = b"") -> bytes:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST" if sent else "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_LENGTH": str(len(sent)),
        "CONTENT_TYPE": "application/ocsp-request",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(sent),
        "wsgi.errors": sys.stderr,
    }
    statuses: list[str] = []
    answer = app.wsgi_app(environ, lambda status, _headers: statuses.append(status))  # type: ignore[arg-type, return-value]
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    assert statuses == ["200 OK"], statuses
    return body


def _a_second(action: Callable[[], object]) -> float:
    count, began = 0, time.perf_counter()
    while (spent := time.perf_counter() - began) < _SECONDS:
        action()
        count += 1
    return count / spent


def _bare() -> Flask:
    app = Flask("bare")
    app.add_url_rule("/", view_func=lambda: "hello")
    return app


def _revoke_many(now: int) -> None:
    names = ("sub", "name", "locale", "key_fingerprint", "replaces")
    rows = [
        dict.fromkeys(names, "x")
        | {"serial": f"{new_serial():x}", "enrolment_id": f"bench-{number}", "der": b"", "not_before": now}
        | {"not_after": now + 10**7, "revoked_at": now, "reason": "key_compromise", "reminded": 0}
        for number in range(REVOKED)
    ]
    db.session.execute(db.insert(Certificate), rows)
    db.session.commit()


def main() -> dict[str, float]:
    """Measure, and return the figures."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {"DATA_DIR": str(Path(folder)), "PROFILE": "test", "PATH": os.environ["PATH"]}
        app, bare = create(load_relying_party("certificates", environ)), _bare()
        issuance = app.extensions["certificates"]
        with app.app_context():
            key = ec.generate_private_key(ec.SECP256R1()).public_key()
            made = issuance.issue(Who(), Person("http://localhost:8000", "bench", "Bench"), key, enrolment_id="bench")
            leaf = x509.load_der_x509_certificate(made.der)
        asked = ocsp.OCSPRequestBuilder().add_certificate(leaf, issuance.authority.issuing, SHA1())
        plain = asked.build().public_bytes(Encoding.DER)

        def with_nonce() -> None:
            nonce = x509.OCSPNonce(secrets.token_bytes(16))
            _call(app, "/ocsp", asked.add_extension(nonce, critical=False).build().public_bytes(Encoding.DER))

        rounds = [
            (
                _a_second(lambda: _call(bare, "/")),
                _a_second(lambda: _call(app, "/ocsp", plain)),
                _a_second(with_nonce),
            )
            for _ in range(_ROUNDS)
        ]
        with app.app_context():
            _revoke_many(int(time.time()))
            began = time.perf_counter()
            issuance._changed()
        size = len(_call(app, "/ca/issuing.crl"))
        list_seconds = time.perf_counter() - began
        lists = _a_second(lambda: _call(app, "/ca/issuing.crl"))
        with app.app_context():
            db.engine.dispose()
    return {
        "bare framework, a second": round(median(one for one, _, _ in rounds)),
        "ocsp, a second": round(median(one for _, one, _ in rounds)),
        "ocsp with nonce, a second": round(median(one for _, _, one in rounds)),
        "ocsp ÷ bare": round(median(one / bare_ for bare_, one, _ in rounds), 2),
        "ocsp with nonce ÷ bare": round(median(one / bare_ for bare_, _, one in rounds), 2),
        "list of 100,000, seconds": round(list_seconds, 2),
        "list of 100,000, MB": round(size / 1e6, 2),
        "list from cache, ms": round(1000 / lists, 2),
    }


if __name__ == "__main__":
    print(json.dumps(main(), indent=1))
