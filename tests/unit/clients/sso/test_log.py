"""What a relying party writes down."""

import json
import logging
import sys

from clients.sso.log import JsonLines


def test_a_line_cannot_be_forged() -> None:
    record = logging.LogRecord("clients.x", logging.INFO, "f", 1, "ended: %s", ('no\n{"level":"error"}',), None)

    line = JsonLines().format(record)

    assert "\n" not in line
    assert json.loads(line)["message"] == 'ended: no\n{"level":"error"}'
    assert json.loads(line)["at"].endswith("Z")


def test_an_exception_is_kept_in_its_line() -> None:
    try:
        raise RuntimeError("why")  # noqa: TRY301
    except RuntimeError:
        record = logging.LogRecord("clients.x", logging.ERROR, "f", 1, "broken", (), sys.exc_info())

    assert "RuntimeError: why" in json.loads(JsonLines().format(record))["trace"]
