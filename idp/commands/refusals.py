"""What a command says instead of a stack trace. Imports little, because `idp serve` waits for it."""

from collections.abc import Iterator
from contextlib import contextmanager

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
    except OSError as error:
        raise click.ClickException(
            f"{error.filename or 'A file'}: {error.strerror}. See whose DATA_DIR is, and that the disk isn't full."
        ) from error
