"""The check of the compose file finds what it should, and the Dockerfile keeps its promises."""

import re
from pathlib import Path

import pytest

from tests.rules import compose

HEAD = "name: x\nservices:\n  one: {image: 'a:1', "


def test_the_file_holds() -> None:
    assert compose.main() == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "comand: [a]}", "Extra inputs are not permitted"),
        (HEAD + "command: a b}", "goes through a shell"),
        (HEAD + "restart: sometimes}", "unless-stopped"),
        (HEAD + "ports: ['a:b']}", "isn't HOST:CONTAINER"),
        (HEAD + "environment: {A: 1}}", "valid string"),
        (HEAD + "environment: {A: '${GONE:?say so}'}}", "GONE: say so"),
        (HEAD + "restart: 'no', restart: always}", "stands twice"),
    ],
)
def test_what_compose_would_refuse(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "compose.yml").write_text(text)
    with pytest.raises(ValueError, match=re.escape(said)):
        compose.read({}, tmp_path / "compose.yml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "secrets: [gone]}", "one: there is no secret gone"),
        (HEAD + "volumes: ['gone:/data']}", "one: there is no volume gone"),
        (HEAD + "volumes: ['./gone:/data']}", "one: ./gone doesn't exist"),
        (HEAD + "environment: {MAIL_PASSWORD: x}}", "one: MAIL_PASSWORD is in the environment: hand it in as a secret"),
        (HEAD + "depends_on: {one: {condition: service_started}}}", "one waits for itself"),
        ("name: x\nservices:\n  one: {image: 'a:latest'}", "one: a:latest names no version"),
        ("name: x\nservices:\n  one: {image: a}", "one: a names no version"),
    ],
)
def test_what_would_not_work(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "compose.yml").write_text(text)
    assert said in list(compose.problems(compose.read({}, tmp_path / "compose.yml")))


def test_variables(tmp_path: Path) -> None:
    (tmp_path / "compose.yml").write_text(
        HEAD + "environment: {A: '${X:-x}', B: '$Y', C: '${Z-z}', D: '$$Y', E: '${Y:+set}'}}"
    )
    service = compose.read({"X": "", "Y": "y", "Z": ""}, tmp_path / "compose.yml").services["one"]
    assert service.environment == {"A": "x", "B": "y", "C": "", "D": "$Y", "E": "set"}


class TestDockerfile:
    text = re.sub(r"\\\n", " ", (compose.ROOT / "Dockerfile").read_text())
    lines = tuple(line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#"))
    last_stage = lines[max(index for index, line in enumerate(lines) if line[0] == "FROM") :]

    def test_instructions(self) -> None:
        known = {"FROM", "RUN", "COPY", "ENV", "WORKDIR", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD"}
        assert {word for word, _rest in self.lines} <= known

    def test_stages(self) -> None:
        seen: set[str] = set()
        for word, rest in self.lines:
            if word == "FROM":
                source, *name = rest.split(" AS ")
                assert source in seen or re.search(r":\d", source), f"{source} names no version"
                seen |= set(name)
            elif found := re.match(r"--from=(\S+)", rest):
                assert found[1] in seen

    def test_what_is_copied_exists_and_reaches_the_build(self) -> None:
        ignored = (compose.ROOT / ".dockerignore").read_text().splitlines()
        for word, rest in self.lines:
            if word == "COPY" and not rest.startswith("--from"):
                for source in rest.split()[:-1]:
                    assert (compose.ROOT / source).exists()
                    assert f"!{source}" in ignored

    def test_runs_as_nobody_in_particular(self) -> None:
        assert [rest for word, rest in self.last_stage if word == "USER"] == ["10001"]

    def test_everything_is_pinned(self) -> None:
        installs = [rest for word, rest in self.lines if word == "RUN" and "pip install" in rest]
        assert installs
        assert all("--require-hashes" in rest for rest in installs)

    def test_no_secret_inside(self) -> None:
        assert not re.search(r"(?m)^(ENV|ARG).*(PASSWORD|SECRET|TOKEN|KEY)", self.text)
        assert "config/deploy" in (compose.ROOT / ".dockerignore").read_text().splitlines()

    def test_is_checked(self) -> None:
        assert [word for word, _rest in self.last_stage].count("HEALTHCHECK") == 1
