"""Errors of a database that is there, but not for us: locked, full, restarted. Whoever asked may ask again in a moment (503)."""

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionError

RETRY_SECONDS = 10
"""`Retry-After` of an answer that has to wait for the database."""
_SQLITE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
}
_PRIMARY = 0xFF
"""Of an extended result code, the part that names the kind."""


def is_unavailable(error: BaseException) -> bool:
    """Tell whether an error says that the database can't do it now; one in our own SQL is none of these."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.OperationalError):
        return getattr(cause, "sqlite_errorcode", 0) & _PRIMARY in _SQLITE
    return isinstance(cause, (psycopg.OperationalError, psycopg.InterfaceError, NoConnectionError))
