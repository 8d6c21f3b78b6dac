"""What a subject brings to the API: its routes, the scopes that they ask for, and its part of the OpenAPI document."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import Blueprint

from clients.sso.api_errors import PATH


class Part(NamedTuple):
    """One subject. `scopes` says what each allows; `paths` and `schemas` are OpenAPI's, references go to `#/components/schemas/…`."""

    name: str
    about: str
    routes: Blueprint
    scopes: Mapping[str, str]
    paths: Mapping[str, Mapping[str, Any]]
    schemas: Mapping[str, Any]


def blueprint(name: str, import_name: str) -> Blueprint:
    """Return routes under `/api`, without any yet."""
    return Blueprint(name, import_name, url_prefix=PATH)
