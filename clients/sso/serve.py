"""Runs a relying party on granian: one worker, access log off (the address of a visit to a service is nobody's business)."""

import sys
from functools import partial
from importlib import import_module
from ssl import SSLError

from granian import Granian
from granian.log import LogLevels
from granian.server.common import AbstractServer

from config.files import keep_private
from config.request_body import RequestBodies
from config.serving import check_port, web_server
from config.settings import ConfigError, RelyingPartySettings, load_relying_party

_THREADS = 4


def serve(name: str, *, app: str = "", threads: int = _THREADS) -> None:
    """Serve `app`, or else `clients.<name>.app:create`, until SIGTERM or Ctrl-C. Settings that can't be used end the program with a sentence.

    `threads` are requests at a time: more than usual for a program whose requests wait for other services.
    """
    try:
        settings = load_relying_party(name)
        keep_private(settings.data_dir, settings.database_url)
        check_port(settings.host, settings.port)
        # Made here and not by the worker, whose failure would end in a trace.
        settings.read_client_secret()
        settings.read_session_secret()
        app = app or f"clients.{name}.app:create"
        server = _server(app, settings, threads)
    except ConfigError as error:
        sys.exit(str(error))
    except SSLError as error:
        sys.exit(
            f"TLS_CERT and TLS_KEY can't be used ({error.reason}): both are PEM, and the key is the certificate's own."
        )
    server.serve(target_loader=partial(load, app, threads), wrap_loader=False)


def load(app: str, threads: int) -> RequestBodies:
    """Return the app `module:factory` as the web server's worker calls it."""
    module, _, factory = app.partition(":")
    return RequestBodies(getattr(import_module(module), factory)(), threads=threads)


def _server(app: str, settings: RelyingPartySettings, threads: int) -> AbstractServer:
    return Granian(
        app,
        address=settings.host,
        port=settings.port,
        workers=1,
        log_level=LogLevels.warning,
        ssl_cert=settings.tls_cert if settings.serves_tls else None,
        ssl_key=settings.tls_key if settings.serves_tls else None,
        **web_server(threads),
    )
