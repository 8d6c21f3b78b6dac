"""Parameters of a call of the API: understood, or refused with a sentence that says what they may be."""

from collections.abc import Container, Iterable
from http import HTTPStatus
from typing import NoReturn, Protocol

from flask import request

from clients.sso.api_errors import RefusalError
from config.parsing import integer


class _Words(Container[str], Iterable[str], Protocol): ...


def choice(name: str, among: _Words) -> str:
    """Return one of the words, empty when there is none; raises RefusalError."""
    value = _only(name)
    if value and value not in among:
        _refuse(f"{name} is one of {', '.join(among)}.")
    return value


def number(name: str, least: int, most: int) -> int:
    """Return a number of the query, 0 when there is none; raises RefusalError."""
    value = _only(name)
    found = integer(value, least=least, most=most)
    if value and found is None:
        _refuse(f"{name} is a number from {least} to {most}.")
    return found or 0


def _only(name: str) -> str:
    values = request.args.getlist(name)
    if len(values) > 1:
        _refuse(f"{name} stands in the address more than once.")
    return values[0] if values else ""


def _refuse(why: str) -> NoReturn:
    raise RefusalError(HTTPStatus.BAD_REQUEST, "invalid_request", why)
