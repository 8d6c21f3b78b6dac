"""`idp serve`: makes the database and the keys ready, then starts the web server's workers, which import the application."""

from typing import TYPE_CHECKING

import click

from config.files import keep_private
from config.serving import check_port, web_server
from config.settings import ProviderSettings, load_provider
from idp import clock, schema
from idp.commands.refusals import refusals
from idp.db import Database
from keys import KeyStore, local_tls, rotation

if TYPE_CHECKING:
    from granian.server.common import AbstractServer


@click.command()
def serve() -> None:
    """Serve the provider until it is told to stop."""
    with refusals():
        settings = load_provider()
        check_port(settings.host, settings.port)
        if certificates := settings.strong.certificate.listens_at:
            check_port(settings.host, certificates)
        prepare(settings)
        server = _server(settings)
    server.serve()


def _server(settings: ProviderSettings) -> "AbstractServer":
    from granian import Granian  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    return Granian(
        target="idp.wsgi:create",
        factory=True,
        address=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_level=LogLevels.error,
        ssl_cert=settings.tls_cert,
        ssl_key=settings.tls_key,
        **web_server(settings.blocking_threads),
    )


def prepare(settings: ProviderSettings) -> None:
    """Do once what workers must not race for. On a second start it is a few reads."""
    keep_private(settings.data_dir, settings.database_url)
    database = Database(settings.database_url)
    schema.upgrade(database)
    rotation.ensure(KeyStore(settings.data_dir / "keys"), clock.now(), settings.keys.algorithms)
    if settings.strong.certificate.listens_at and not settings.tls_files:
        local_tls.ensure(settings.data_dir / "keys" / "tls", now=clock.now())
    if settings.demo_people and _lacks_people(database):
        # Only then are the accounts' modules worth loading here.
        from idp.accounts.seed import seed_people  # noqa: PLC0415
        from idp.app import build_core  # noqa: PLC0415

        seed_people(build_core(settings).accounts, settings.demo_people)
    database.close()


def _lacks_people(database: Database) -> bool:
    return database.read().one("SELECT id FROM account LIMIT 1") is None
