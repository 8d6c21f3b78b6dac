"""`idp users`."""

import sqlite3
from contextlib import closing

import pytest

from tests.unit.commands.conftest import CommandLine

CARLA = {"--username": "carla", "--name": "Carla Example", "--email": "carla@example.org"}


def add(**changes: str) -> tuple[str, ...]:
    options = CARLA | {f"--{name}": value for name, value in changes.items()}
    return ("users", "add", *(word for pair in options.items() for word in pair))


def in_a_file(idp: CommandLine, password: str) -> str:
    file = idp.folder / "password"
    file.write_text(f"{password}\n")
    return str(file)


def test_a_password_is_made_and_shown_once(idp: CommandLine) -> None:
    made = idp.json(*add())
    assert set(made) == {"id", "username", "password"}
    assert len(made["password"]) >= 40
    assert made["password"] not in idp.run("users", "list").output


def test_a_password_that_was_given_is_not_repeated(idp: CommandLine) -> None:
    file = in_a_file(idp, "violet tractor 19 hums")
    made = idp.json(*add(), "--password-file", file, "--role", "administrator")
    assert set(made) == {"id", "username"}
    (listed,) = idp.json("users", "list")
    assert (listed["id"], listed["email"]) == (made["id"], "carla@example.org")
    assert listed["roles"] == "administrator"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"username": "a"}, "a can't be a username"),
        ({"username": "a@b.example"}, "can't be a username"),
        ({"email": "nonsense"}, "nonsense isn't an e-mail address"),
        ({"name": " "}, "The name is empty"),
        ({"locale": "tlh"}, "tlh isn't a language of this installation"),
        ({"password": "short"}, "A password has 15 to 128 characters"),
        ({"password": ""}, "A password has 15 to 128 characters"),
        ({"password": "x" * 129}, "A password has 15 to 128 characters"),
        ({"password": "carla-example-carla"}, "This password is easy to guess"),
        ({"password": "xxxxxxxxxxxxxxxxxxxx"}, "This password is easy to guess"),
    ],
)
def test_what_is_refused_with_a_sentence(idp: CommandLine, changes: dict[str, str], said: str) -> None:
    changes = dict(changes)
    password = changes.pop("password", None)
    given = () if password is None else ("--password-file", in_a_file(idp, password))
    assert said in idp.refusal(*add(**changes), *given)
    assert idp.json("users", "list") == []


def test_no_secret_is_an_argument_that_everybody_on_the_machine_can_read(idp: CommandLine) -> None:
    for command in (("users", "add"), ("clients", "add"), ("clients", "rotate-secret"), ("keys", "rotate")):
        options = idp.run(*command, "--help").output
        assert "--password " not in options
        assert "--secret " not in options


def test_what_belongs_to_somebody_else(idp: CommandLine) -> None:
    idp.json(*add())
    assert "CARLA belongs to another account" in idp.refusal(*add(username="CARLA", email="other@example.org"))
    assert "carla@example.org belongs to another account" in idp.refusal(*add(username="other"))
    assert len(idp.json("users", "list")) == 1


def test_a_password_that_was_made_expires_and_one_that_was_given_is_the_owner_s(idp: CommandLine) -> None:
    made = idp.json(*add())
    given = idp.json(
        *add(username="dora", email="dora@example.org"), "--password-file", in_a_file(idp, "violet tractor 19 hums")
    )
    with closing(sqlite3.connect(idp.folder / "idp.db")) as database:
        rows = database.execute("SELECT id, password_expires_at - created_at FROM account").fetchall()
    expiry = dict(rows)
    assert expiry == {made["id"]: 14 * 24 * 3600, given["id"]: None}
