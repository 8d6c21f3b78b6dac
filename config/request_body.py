"""Request bodies and threads, for every program's web server: what a stranger makes wait holds no thread that answers.

A WSGI middleware around the whole application, made in the server's worker. A body is read to its end, within `connections`' deadline,
before one of the few threads' places is taken; an answer is complete when the place is given back, so nobody who reads slowly holds
one either. Larger bodies than `LARGEST` are left to the application, which takes them only from whom it knows.
"""

import io
import queue
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from config.connections import BodyDeadline

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LARGEST = 1024 * 1024
"""Bytes that are read before anybody looks at them; every form and call of a stranger has less."""
_HEADERS = [("Content-Length", "0"), ("Connection", "close")]


class RequestBodies:
    """Calls `app`, at most `threads` times at once. `attach` and `detach` hand a place's database connection to the thread that has it."""

    def __init__(
        self,
        app: "WSGIApplication",
        *,
        threads: int,
        attach: Callable[[Any], None] | None = None,
        detach: Callable[[], Any] | None = None,
    ) -> None:
        self._app = app
        self._attach = attach
        self._detach = detach
        self._deadline = BodyDeadline()
        # Last in, first out would keep connections warm; first in, first out costs a tenth of a microsecond.
        self._places: queue.SimpleQueue[Any] = queue.SimpleQueue()
        for _ in range(threads):
            self._places.put(None)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer."""
        length = environ.get("CONTENT_LENGTH")
        if (length and length != "0") or "HTTP_TRANSFER_ENCODING" in environ:
            refused = self._read(environ, length)
            if refused:
                start_response(refused, list(_HEADERS))
                return [b""]
        held = self._places.get()
        try:
            if self._attach is not None:
                self._attach(held)
            answer = self._app(environ, start_response)
            if isinstance(answer, list):
                return answer
            try:
                return [b"".join(answer)]
            finally:
                if (close := getattr(answer, "close", None)) is not None:
                    close()
        finally:
            self._places.put(self._detach() if self._detach is not None else None)

    def _read(self, environ: "WSGIEnvironment", length: str | None) -> str:
        """Replace the body by what was read of it; return the status of a refusal, empty for none."""
        declared = int(length) if length and length.isascii() and length.isdigit() else None
        if declared is not None and declared > LARGEST:
            return ""
        number = self._deadline.begin(environ.get("REMOTE_ADDR", ""))
        try:
            body = environ["wsgi.input"].read(LARGEST + 1 if declared is None else declared)
        finally:
            self._deadline.end(number)
        if declared is not None and len(body) < declared:
            return "408 Request Timeout"
        if len(body) > LARGEST:
            return "413 Content Too Large"
        environ["wsgi.input"] = io.BytesIO(body)
        return ""
