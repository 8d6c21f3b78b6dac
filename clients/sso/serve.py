"""Runs a relying party on granian: one worker, access log off (the address of a visit to a service is nobody's business)."""

import sys
from ssl import SSLError

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.common import AbstractServer

from config.serving import check_port
from config.settings import ConfigError, RelyingPartySettings, load_relying_party

_THREADS = 4
_STOP_SECONDS = 10
"""A request that takes longer doesn't keep the program from stopping."""


def serve(name: str, *, app: str = "", threads: int = _THREADS) -> None:
    """Serve `app`, or else `clients.<name>.app:create`, until SIGTERM or Ctrl-C. Settings that can't be used end the program with a sentence.

    `threads` are requests at a time: more than usual for a program whose requests wait for other services.
    """
    try:
        settings = load_relying_party(name)
        check_port(settings.host, settings.port)
        # Made here and not by the worker, whose failure would end in a trace.
        settings.read_client_secret()
        settings.read_session_secret()
        server = _server(app or f"clients.{name}.app:create", settings, threads)
    except ConfigError as error:
        sys.exit(str(error))
    except SSLError as error:
        sys.exit(
            f"TLS_CERT and TLS_KEY can't be used ({error.reason}): both are PEM, and the key is the certificate's own."
        )
    server.serve()


def _server(app: str, settings: RelyingPartySettings, threads: int) -> AbstractServer:
    return Granian(
        app,
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=threads,
        websockets=False,
        log_access=False,
        log_level=LogLevels.warning,
        workers_kill_timeout=_STOP_SECONDS,
        respawn_failed_workers=True,
        ssl_cert=settings.tls_cert if settings.serves_tls else None,
        ssl_key=settings.tls_key if settings.serves_tls else None,
    )
