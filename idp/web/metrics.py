"""`/metrics` in Prometheus' format, for this machine or whoever has the token; and the counters that others add to.

Several workers share one port, so each scrape meets one of them. With PROMETHEUS_MULTIPROC_DIR set (before start) the answer adds up
all workers; without it, it says in `target_info` which process it speaks for.
"""

import hmac
import ipaddress
import os
from collections.abc import Callable, Iterable
from functools import lru_cache
from http import HTTPStatus

from flask import Blueprint, Response, abort, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

_FORWARDED = ("HTTP_X_FORWARDED", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA", "HTTP_X_ORIGINAL")


class Metrics:
    """The provider's figures. `outbox_depth` answers how many messages wait; it is asked at each scrape."""

    def __init__(self, outbox_depth: Callable[[], int] | None = None) -> None:
        self._own = CollectorRegistry(target_info={"process": str(os.getpid())})
        requests = Counter("idp_requests", "Requests answered", ["endpoint", "status"], registry=self._own)
        sign_ins = Counter("idp_sign_ins", "Sign-ins by their outcome", ["outcome"], registry=self._own)
        tokens = Counter("idp_tokens", "Token responses by grant and outcome", ["grant", "outcome"], registry=self._own)
        # Finding a child by its labels costs more than counting.
        self._request = lru_cache(maxsize=4096)(requests.labels)
        self._sign_in = lru_cache(maxsize=64)(sign_ins.labels)
        self._token = lru_cache(maxsize=64)(tokens.labels)
        self._outbox = _OutboxDepth(outbox_depth)
        self._own.register(self._outbox)

    def request(self, endpoint: str, status: int) -> None:
        """Count an answered request; `endpoint` is a route's name, never a path that a caller chose."""
        self._request(endpoint, status).inc()

    def sign_in(self, outcome: str) -> None:
        """Count a sign-in by `success`, `wrong`, `wait` and the like."""
        self._sign_in(outcome).inc()

    def token(self, grant: str, outcome: str = "success") -> None:
        """Count an answer of the token endpoint by one of the known grants."""
        self._token(grant, outcome).inc()

    def text(self) -> bytes:
        """Return the scrape's answer."""
        if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            return generate_latest(self._own)
        together = CollectorRegistry()
        MultiProcessCollector(together)
        together.register(self._outbox)
        return generate_latest(together)


class _OutboxDepth(Collector):
    """Measures when asked; `describe` says nothing, so that registering it doesn't ask."""

    def __init__(self, depth: Callable[[], int] | None) -> None:
        self._depth = depth

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        if self._depth is not None:
            yield GaugeMetricFamily("idp_outbox_depth", "Messages that wait to be sent", value=self._depth())


def blueprint(metrics: Metrics, token: str | None, *, behind_proxy: bool) -> Blueprint:
    """Return the route. Others than this machine need `token`, and are told nothing else.

    With `behind_proxy`, or a header that a proxy sets, loopback proves nothing: the proxy may be on this machine.
    """
    routes = Blueprint("metrics", __name__)

    @routes.get("/metrics")
    def scrape() -> Response:
        if not ((_is_local() and not behind_proxy) or _has(token)):
            abort(HTTPStatus.NOT_FOUND)
        return Response(metrics.text(), content_type=CONTENT_TYPE_LATEST)

    return routes


def _is_local() -> bool:
    if any(name.startswith(_FORWARDED) for name in request.environ):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _has(token: str | None) -> bool:
    offered = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and hmac.compare_digest(offered.encode(), str(token).encode())
