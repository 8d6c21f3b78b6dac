"""What a relying party writes down: one JSON object a line on standard error, so that no text of a stranger can forge a line.

Support codes of error pages are found here. No token, code, cookie or name is ever logged.
"""

import json
import logging
import sys
from datetime import UTC, datetime


class JsonLines(logging.Formatter):
    """Formats a record as the provider's programs do."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line)


def configure() -> None:
    """Let the loggers of all relying parties write; calling it again changes nothing."""
    logger = logging.getLogger("clients")
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines())
        logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    # At DEBUG it writes tokens and code verifiers.
    logging.getLogger("authlib").setLevel(logging.INFO)
