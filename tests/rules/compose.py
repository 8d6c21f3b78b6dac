"""Reads docker-compose.yml as Compose would and checks what can be checked without an engine. `python -m tests.rules.compose`.

The models hold the part of the Compose specification that the file uses; any other key is an error, so a misspelt one is seen.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
EXAMPLE = ROOT / "config/deploy/example.env"

_VARIABLE = re.compile(
    r"\$(?:\$|(?P<plain>[A-Za-z_]\w*)|\{(?P<name>[A-Za-z_]\w*)(?:(?P<how>:?[-?+])(?P<word>[^}]*))?\}|(?P<bad>))"
)
_SECRET_NAME = re.compile(r"(PASSWORD|SECRET|TOKEN|SEALING|PRIVATE_KEY|CREDENTIAL)")


def _words(value: object) -> object:
    if isinstance(value, str):
        raise ValueError("write it as a list: a text goes through a shell")  # noqa: TRY004 - pydantic wants ValueError
    return value


def _port(value: str) -> str:
    if not re.fullmatch(r"(\d{1,5}:)?\d{1,5}(/(tcp|udp))?", value):
        raise ValueError(f"{value} isn't HOST:CONTAINER")
    return value


def _duration(value: str) -> str:
    if not re.fullmatch(r"(\d+(us|ms|s|m|h))+", value):
        raise ValueError(f"{value} isn't a duration like 10s")
    return value


def _mapping(value: object) -> object:
    """Accept the list form, as Compose does."""
    return dict.fromkeys(value) if isinstance(value, list) else value


Words = Annotated[list[str], BeforeValidator(_words)]
Duration = Annotated[str, AfterValidator(_duration)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Healthcheck(_Strict):
    test: Words = []
    interval: Duration = "30s"
    timeout: Duration = "30s"
    start_period: Duration = "0s"
    retries: int = 3
    disable: bool = False


class Dependency(_Strict):
    condition: Literal["service_started", "service_healthy", "service_completed_successfully"]


class Attachment(_Strict):
    aliases: list[str] = []
    ipv4_address: str | None = None


class Service(_Strict):
    image: str
    build: str | None = None
    command: Words = []
    environment: dict[str, str] = {}
    volumes: list[Annotated[str, Field(pattern=r"^[^:]+:/[^:]*(:ro|:rw)?$")]] = []
    secrets: list[str] = []
    networks: Annotated[dict[str, Attachment | None], BeforeValidator(_mapping)] = {}
    ports: list[Annotated[str, AfterValidator(_port)]] = []
    depends_on: dict[str, Dependency] = {}
    healthcheck: Healthcheck = Healthcheck()
    restart: Literal["no", "always", "on-failure", "unless-stopped"] = "no"
    init: bool = False
    read_only: bool = False
    cap_drop: list[str] = []
    security_opt: list[str] = []
    tmpfs: list[Annotated[str, Field(pattern="^/")]] = []
    sysctls: dict[str, str] = {}


class Range(_Strict):
    subnet: str
    ip_range: str | None = None


class Addressing(_Strict):
    config: list[Range]


class Network(_Strict):
    internal: bool = False
    ipam: Addressing | None = None


class Secret(_Strict):
    file: str


class Compose(_Strict):
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")]
    services: dict[str, Service]
    networks: dict[str, Network | None] = {}
    volumes: dict[str, None] = {}
    secrets: dict[str, Secret] = {}


def read(environ: Mapping[str, str], file: Path = FILE) -> Compose:
    """Return the file with its variables filled in. Raises ValueError."""
    text = file.read_text(encoding="utf-8")
    _check_repetitions(yaml.compose(text, Loader=yaml.SafeLoader))
    content = yaml.safe_load(text)
    content = {name: value for name, value in content.items() if not name.startswith("x-")}
    return Compose.model_validate(_filled(content, environ))


def problems(compose: Compose) -> Iterator[str]:
    """Yield a sentence for everything that wouldn't work, or wouldn't be safe."""
    for name, service in compose.services.items():
        found = (
            *_undeclared(service, compose),
            *_missing_files(service),
            *_unsafe(service),
            *_unchecked(service, compose),
        )
        yield from (f"{name}: {problem}" for problem in found)
    yield from _circles(compose)


def _undeclared(service: Service, compose: Compose) -> Iterator[str]:
    for kind, used, declared in (
        ("secret", service.secrets, compose.secrets),
        ("network", service.networks, compose.networks),
        ("service", service.depends_on, compose.services),
        ("volume", [one.split(":")[0] for one in service.volumes if one[0] not in "./"], compose.volumes),
    ):
        yield from (f"there is no {kind} {one}" for one in used if one not in declared)


def _missing_files(service: Service) -> Iterator[str]:
    for source in (one.split(":")[0] for one in service.volumes if one.startswith(".")):
        if not (ROOT / source).exists():
            yield f"{source} doesn't exist"
    if service.build and not (ROOT / service.build / "Dockerfile").is_file():
        yield f"{service.build} has no Dockerfile"
    if not service.build and not re.search(r":[\w.-]*\d[\w.-]*$", service.image):
        yield f"{service.image} names no version"


def _unsafe(service: Service) -> Iterator[str]:
    for variable, value in service.environment.items():
        if _SECRET_NAME.search(variable) and not variable.endswith("_FILE"):
            yield f"{variable} is in the environment: hand it in as a secret"
        if value.startswith("/run/secrets/") and value.removeprefix("/run/secrets/") not in service.secrets:
            yield f"{variable} names a secret that the service isn't given"
    if "ALL" not in service.cap_drop and service.build:
        yield "keeps capabilities that it doesn't need"


def _unchecked(service: Service, compose: Compose) -> Iterator[str]:
    if not service.healthcheck.disable and service.build and not service.healthcheck.test:
        yield "has no health check"
    for other, dependency in service.depends_on.items():
        wanted = compose.services.get(other)
        if wanted and dependency.condition == "service_healthy" and not wanted.healthcheck.test:
            yield f"waits for {other}'s health, which nobody checks"


def _circles(compose: Compose) -> Iterator[str]:
    def leads_to(name: str, goal: str, seen: set[str]) -> bool:
        onward = compose.services[name].depends_on if name in compose.services else {}
        return any(one == goal or (one not in seen and leads_to(one, goal, seen | {one})) for one in onward)

    yield from (f"{name} waits for itself" for name in compose.services if leads_to(name, name, set()))


def _filled(value: Any, environ: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(one, environ) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, environ) for one in value]
    return _VARIABLE.sub(_filler(environ), value) if isinstance(value, str) else value


def _filler(environ: Mapping[str, str]) -> Callable[[re.Match[str]], str]:
    def fill(match: re.Match[str]) -> str:
        if match["bad"] is not None:
            raise ValueError(f"a lone $ in {match.string!r}: write $$")
        name = match["name"] or match["plain"]
        if name is None:
            return "$"
        value, how = environ.get(name), match["how"] or ""
        missing = not value if how.startswith(":") else value is None
        if how.endswith("?") and missing:
            raise ValueError(f"{name}: {match['word']}")
        if how.endswith("-") and missing:
            return str(match["word"])
        if how.endswith("+"):
            return "" if missing else str(match["word"])
        return value or ""

    return fill


def example_environment() -> dict[str, str]:
    lines = (line.strip() for line in EXAMPLE.read_text(encoding="utf-8").splitlines())
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def _check_repetitions(node: yaml.Node) -> None:
    """Refuse a key that stands twice in a mapping, of which YAML would keep the last."""
    if isinstance(node, yaml.MappingNode):
        keys = [key.value for key, _value in node.value]
        if repeated := {key for key in keys if keys.count(key) > 1}:
            raise ValueError(f"{', '.join(sorted(repeated))} stands twice in line {node.start_mark.line + 1}")
        for _key, value in node.value:
            _check_repetitions(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _check_repetitions(value)


def main() -> int:
    try:
        found = list(problems(read(example_environment())))
    except (ValueError, ValidationError, yaml.YAMLError) as error:
        found = [str(error)]
    for problem in found:
        print(f"{FILE.name}: {problem}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
