"""Parameters of a call of the API: understood, or refused with a sentence that says what they may be."""

from collections.abc import Container, Iterable
from http import HTTPStatus
from typing import Protocol

from flask import Blueprint, Response, jsonify, request


class BadParameterError(Exception):
    """A parameter of the call can't be understood."""


class _Words(Container[str], Iterable[str], Protocol): ...


def choice(name: str, among: _Words) -> str:
    """Return one of the words, empty when there is none; raises BadParameterError."""
    value = request.args.get(name, "")
    if value and value not in among:
        raise BadParameterError(f"{name} is one of {', '.join(among)}.")
    return value


def number(name: str, least: int, most: int) -> int:
    """Return a number of the query, 0 when there is none; raises BadParameterError."""
    value = request.args.get(name, "")
    if not value:
        return 0
    if not (value.isascii() and value.isdigit() and len(value) <= len(str(most)) and least <= int(value) <= most):
        raise BadParameterError(f"{name} is a number from {least} to {most}.")
    return int(value)


def answer_for(routes: Blueprint) -> None:
    """Let the routes answer bad parameters in JSON."""

    def bad(error: BadParameterError) -> tuple[Response, HTTPStatus]:
        return jsonify(error="invalid_request", error_description=str(error)), HTTPStatus.BAD_REQUEST

    routes.register_error_handler(BadParameterError, bad)
