"""What a command says instead of a stack trace. Imports little, because `idp serve` waits for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from ssl import SSLError

import click

from config.settings import ConfigError
from idp.db import DatabaseUnavailable


@contextmanager
def refusals() -> Iterator[None]:
    """End the command with a sentence when settings, what was typed, the database or the disk refuse."""
    try:
        yield
    except (ConfigError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    except DatabaseUnavailable as error:
        reason = str(error).strip().partition("\n")[0]
        raise click.ClickException(
            f"The database can't be used: {reason}. See that it runs, and that DATABASE_URL is right."
        ) from error
    except SSLError as error:
        raise click.ClickException(
            f"TLS_CERT and TLS_KEY can't be used ({error.reason or error}): both are PEM, and the key is the certificate's own."
        ) from error
    except OSError as error:
        raise click.ClickException(
            f"{error.filename or 'A file'}: {error.strerror}. See whose DATA_DIR is, and that the disk isn't full."
        ) from error
