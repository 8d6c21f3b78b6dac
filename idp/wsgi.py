"""What the web server loads: the provider, made from the environment's settings."""

import gc

from config.request_body import RequestBodies
from config.serving import end_with_parent
from config.settings import load_provider
from idp.app import build
from idp.web import log


def create() -> RequestBodies:
    """Return the application. What was made at start lives as long as the process: the garbage collector needn't look at it."""
    end_with_parent()
    log.configure()
    provider = build(load_provider())
    provider.core.configure_clients()
    if listener := provider.core.certificates_listener():
        listener.start()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    database = provider.core.database
    threads = provider.core.settings.blocking_threads
    return RequestBodies(provider, threads=threads, attach=database.attach, detach=database.detach)
