"""Reads settings from files and variables into a model; later ones win: defaults, the profile, `CONFIG_FILE`, the environment.

Written on plain pydantic rather than on pydantic-settings, whose environment source passes over a misspelt variable in silence.
It knows no setting by name, only the sections that a file may have.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from config.errors import ConfigError

PROFILES = ("demo", "test", "production")
SHARED = "shared"
"""The section of a file that every program reads before its own."""

_HERE = Path(__file__).parent
_Tree = dict[str, Any]
Model = TypeVar("Model", bound=BaseModel)


def read_files(section: str, environ: Mapping[str, str], sections: Iterable[str]) -> _Tree:
    """Return what the profile and the optional `CONFIG_FILE` say to the program called `section`.

    `sections` are all that a file may have; any other is an error, because its settings would be lost in silence.
    """
    profile = environ.get("PROFILE") or PROFILES[0]
    if profile not in PROFILES:
        raise ConfigError(f"PROFILE is {profile!r}: set it to one of {', '.join(PROFILES)}.")
    content = _read(_HERE / f"{profile}.toml")
    if extra := environ.get("CONFIG_FILE"):
        content = merged(content, _read(Path(extra)))
    if unknown := content.keys() - {SHARED, *sections}:
        found = ", ".join(sorted(unknown))
        raise ConfigError(f"The settings file has {found} at the top: put settings under [{SHARED}] or [{section}].")
    values = merged(content.get(SHARED, {}), content.get(section, {}))
    return merged(values, {"profile": profile})


def read_variables(environ: Mapping[str, str], prefix: str) -> _Tree:
    """Return the variables that begin with `prefix` as a tree: `IDP_MAIL__PORT=25` is `{"mail": {"port": "25"}}`.

    Lists and tables are written as JSON. An empty variable counts as unset, as container tools pass those on.
    """
    tree: _Tree = {}
    for name, text in environ.items():
        if name.startswith(prefix) and text:
            *tables, leaf = name.removeprefix(prefix).lower().split("__")
            node = tree
            for table in tables:
                node = node.setdefault(table, {})
                if not isinstance(node, dict):
                    raise ConfigError(
                        f"{name} goes into a setting that another variable sets as a whole: unset one of them."
                    )
            node[leaf] = _value(text)
    return tree


def merged(below: _Tree, above: Mapping[str, Any]) -> _Tree:
    """Return both trees as one; tables are merged, any other value of `above` replaces the one in `below`."""
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        result[key] = merged(old, value) if isinstance(old, dict) and isinstance(value, Mapping) else value
    return result


def build(model: type[Model], values: _Tree, *, program: str) -> Model:
    """Return the checked model; raises ConfigError with one sentence for each thing that is wrong."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        # A default that depends on a wrong value is only that value's shadow.
        problems = [
            problem
            for problem in error.errors(include_url=False, include_input=False)
            if problem["type"] != "default_factory_not_called"
        ]
        lines = [_sentence(problem) for problem in problems]
        raise ConfigError("\n".join([f"The settings of {program} can't be used:", *lines])) from None


def _read(file: Path) -> _Tree:
    """Read one file, on top of the one in this folder that it is `based_on`."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"Can't read the settings in {file}: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} isn't valid TOML: {error}.") from error
    base = content.pop("based_on", None)
    return merged(_read(_HERE / f"{base}.toml"), content) if base else content


def _value(text: str) -> object:
    if text[0] in "[{":
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _sentence(problem: Mapping[str, Any]) -> str:
    """Write one of pydantic's errors for an operator. The value is left out: it may be a secret."""
    name = ".".join(str(part) for part in problem["loc"])
    match problem["type"]:
        case "extra_forbidden":
            return f"- {name} isn't a setting: correct its spelling or remove it."
        case "missing":
            return f"- {name} is missing: set it."
        case "value_error":
            return f"- {name + ': ' if name else ''}{problem['ctx']['error']}"
        case _:
            return f"- {name}: {problem['msg'][0].lower()}{problem['msg'][1:]}."
