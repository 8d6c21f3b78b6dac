"""Sends the requests and judges the answers: what a stranger sends is never our error, and every refusal says what it is."""

import json
import logging
import random
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from werkzeug.test import EnvironBuilder

from tests.fuzz.programs import Program, Visitor
from tests.fuzz.requests import Request, make

_ARRIVE_EVERY = 60
"""Requests of a visitor after which they sign in anew: something may have signed them out."""
_LEARN_EVERY = 3


@dataclass(frozen=True)
class Failure:
    """An answer that nobody may get. `number` with the seed makes the same request again."""

    program: str
    visitor: str
    number: int
    request: Request
    why: str

    def __str__(self) -> str:
        return f"#{self.number} {self.program}, {self.visitor}: {self.why}\n    {self.request}"


@dataclass
class Figures:
    """What a run came to."""

    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0
    failures: list[Failure] = field(default_factory=list)


class _LastError(logging.Handler):
    """Remembers where the last exception that a program logged was raised."""

    where = ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info and record.exc_info[1]:
            self.where = _place(record.exc_info[1])


def _place(error: BaseException) -> str:
    frames = [f"{Path(one.filename).name}:{one.lineno}" for one in traceback.extract_tb(error.__traceback__)[-6:]]
    return f"{type(error).__name__}: {str(error)[:200]} at {' > '.join(frames)}"


def run(
    programs: list[Program],
    count: int,
    seed: int,
    *,
    seconds: float = 2.0,
    clock: Callable[[], float] = time.monotonic,
    numbers: Iterable[int] | None = None,
) -> Figures:
    """Send `count` requests, by turns to each program. An answer takes no longer than `seconds` on `clock`."""
    figures, errors = Figures(), _LastError()
    logging.getLogger().addHandler(errors)
    try:
        _run(figures, errors, programs, numbers or range(count), seed, seconds, clock)
    finally:
        logging.getLogger().removeHandler(errors)
    return figures


def _run(  # noqa: PLR0917
    figures: Figures,
    errors: _LastError,
    programs: list[Program],
    numbers: Iterable[int],
    seed: int,
    seconds: float,
    clock: Callable[[], float],
) -> None:
    sent: Counter[tuple[str, str]] = Counter()
    for number in numbers:
        rng = random.Random(f"{seed}:{number}")
        program = programs[number % len(programs)]
        visitor = rng.choice(program.visitors)
        route = rng.choice(program.calls if visitor.is_program and rng.random() < 0.9 else program.routes)
        sent[program.name, visitor.name] += 1
        if visitor.arrive and sent[program.name, visitor.name] % _ARRIVE_EVERY == 0:
            visitor.client = visitor.arrive()
        request = make(rng, route, program.known)
        address = f"192.0.{rng.randrange(256)}.{rng.randrange(1, 255)}"
        began = clock()
        try:
            status, headers, body = send(program, visitor, request, address)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            figures.failures.append(Failure(program.name, visitor.name, number, request, _place(error)))
            continue
        took = clock() - began
        figures.requests += 1
        figures.statuses[status] += 1
        figures.slowest = max(figures.slowest, took)
        where = errors.where if status == HTTPStatus.INTERNAL_SERVER_ERROR else ""
        wrong = [*problems(request, status, headers, body, where), *([f"took {took:.1f} s"] if took > seconds else [])]
        figures.failures += [Failure(program.name, visitor.name, number, request, why) for why in wrong]
        if (
            status == HTTPStatus.OK
            and number % _LEARN_EVERY == 0
            and headers.get("content-type", "").startswith("text/html")
        ):
            program.learn(request.path, body.decode())


def send(program: Program, visitor: Visitor, request: Request, address: str) -> tuple[int, dict[str, str], bytes]:
    """Send a request through the program's WSGI application; return status, headers by lower-case name and body."""
    host = urlsplit(program.base)
    environ = EnvironBuilder(
        path="/", base_url=program.base, method=request.method, environ_base={"REMOTE_ADDR": address}
    ).get_environ()
    environ["PATH_INFO"] = unquote_to_bytes(request.path).decode("latin-1")
    environ["QUERY_STRING"] = request.query.decode("latin-1")
    environ["REQUEST_URI"] = environ["RAW_URI"] = request.path
    environ["wsgi.input"] = BytesIO(request.body)
    if request.content_type:
        environ["CONTENT_TYPE"] = request.content_type
    if request.chunked:
        environ["HTTP_TRANSFER_ENCODING"], environ["wsgi.input_terminated"] = "chunked", True
        environ.pop("CONTENT_LENGTH", None)
    elif request.body or request.method not in {"GET", "HEAD"}:
        environ["CONTENT_LENGTH"] = str(len(request.body))
    jar = visitor.client._cookies
    environ["HTTP_COOKIE"] = "; ".join(f"{one.key}={one.value}" for one in jar.values())
    for name, value in {**visitor.headers(), **dict(request.headers)}.items():
        environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
    # Signed in again meanwhile, for the token's sake.
    if "Cookie" not in dict(request.headers):
        environ["HTTP_COOKIE"] = "; ".join(f"{one.key}={one.value}" for one in jar.values())
    answered: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], _exc: Any = None) -> Callable[[bytes], object]:
        answered["status"], answered["headers"] = int(status[:3]), headers
        return lambda _data: None

    parts = visitor.client.application(environ, start_response)
    try:
        body = b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    visitor.client._update_cookies_from_response(
        host.hostname or "", "/", [value for name, value in answered["headers"] if name.lower() == "set-cookie"]
    )
    return answered["status"], {name.lower(): value for name, value in answered["headers"]}, body


def problems(request: Request, status: int, headers: dict[str, str], body: bytes, where: str = "") -> Iterator[str]:
    """Yield what is wrong with an answer; `where` is the place of an error of ours."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR and not (
        status == HTTPStatus.SERVICE_UNAVAILABLE and "retry-after" in headers
    ):
        yield f"answered {status}: {where or body[-300:]!r}"
    if status == HTTPStatus.METHOD_NOT_ALLOWED and "allow" not in headers:
        yield "answered 405 without Allow"
    is_api = request.path.startswith("/api/")
    if is_api and status >= HTTPStatus.BAD_REQUEST and request.method != "HEAD":
        yield from _no_error_in_json(status, headers, body)
    if any("\r" in value or "\n" in value for value in headers.values()):
        yield "a header has a line end in it"


def _no_error_in_json(status: int, headers: dict[str, str], body: bytes) -> Iterator[str]:
    if not headers.get("content-type", "").startswith("application/json"):
        yield f"an API answered {status} as {headers.get('content-type')}"
        return
    said = json.loads(body)
    if not isinstance(said, dict) or not isinstance(said.get("error"), str) or not said["error"]:
        yield f"an API answered {status} without an error: {body[:200]!r}"
