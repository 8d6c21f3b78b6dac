"""A part of the fuzz test (`make fuzz`), the same each time, and requests that it found once."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzz.programs import Program, programs
from tests.fuzz.requests import Request
from tests.fuzz.run import problems, run, send

SEED = 20_300_131
COUNT = 2_500
NESTED = b"[" * 100_000
FOUND = {
    "a query that isn't UTF-8": ("GET", b"\xff\xfe", b"", "", False),
    "a part of a form without a name": (
        "POST", b"", b"--x\r\nContent-Disposition: form-data\r\n\r\nb\r\n--x--\r\n", "multipart/form-data; boundary=x", False,
    ),
    "a list in JSON": ("POST", b"", b"[]", "application/json", False),
    "an object in JSON": ("POST", b"", b'{"title": 1}', "application/json", False),
    "JSON that is none": ("POST", b"", b"{", "application/json", False),
    "a file in a text field": (
        "POST", b"",
        (b'--x\r\nContent-Disposition: form-data; name="title"; filename="a.txt"\r\n\r\nb\r\n'
        b'--x\r\nContent-Disposition: form-data; name="purpose"; filename="a.txt"\r\n\r\nb\r\n--x--\r\n'),
        "multipart/form-data; boundary=x", False,
    ),
    "a number beyond 64 bits": ("POST", b"", b"version=" + b"9" * 400 + b"&title=x&kind=patent&applicant=y&year=" + b"9" * 30,
                                "application/x-www-form-urlencoded", False),
    "digits that aren't ASCII": ("POST", b"", "version=٣&max_age=٣".encode(), "application/x-www-form-urlencoded", False),
    "brackets nested 100,000 deep": ("POST", b"", NESTED, "application/json", False),
    "brackets nested 100,000 deep, in chunks": ("PUT", b"", NESTED, "application/json", True),
    "an odd number in JSON": ("PUT", b"", b'{"version": NaN, "sequence": 1e999}', "application/json", False),
    "a method that there isn't": ("FOO", b"", b"", "", False),
}  # fmt: skip


HEADERS = {
    "Basic credentials that aren't ASCII": ("Authorization", "Basic \xff"),
    "a bearer token that isn't ASCII": ("Authorization", "Bearer \xff.\xff.\xff"),
    "an entity tag beyond 64 bits": ("If-Match", '"' + "9" * 400 + '"'),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Program]]:
    with programs(Path(tmp_path_factory.mktemp("fuzz"))) as all_of_them:
        yield all_of_them


@pytest.mark.parametrize("name", FOUND)
def test_what_broke_something_once(made: list[Program], name: str) -> None:
    method, query, body, content_type, chunked = FOUND[name]
    rng = random.Random(name)
    for program in made:
        for route in program.routes:
            if "<" in route.rule and rng.random() < 0.7:
                continue
            for visitor in program.visitors[:2]:
                request = Request(
                    method, route.rule.replace("<", "").replace(">", ""), query, (), body, content_type, chunked
                )
                assert not list(problems(request, *send(program, visitor, request, "192.0.2.1"))), (
                    program.name,
                    visitor.name,
                    request,
                )


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_that_broke_something_once(made: list[Program], name: str) -> None:
    for program in made:
        for route in program.calls:
            path = route.rule.replace("<", "").replace(">", "")
            request = Request(
                route.methods[-1],
                path,
                b"",
                (HEADERS[name],),
                b"a=b",
                "application/x-www-form-urlencoded",
                chunked=False,
            )
            assert not list(problems(request, *send(program, program.visitors[0], request, "192.0.2.1"))), (
                program.name,
                request,
            )


# A form that was cut off leaves its file to the garbage collector.
@pytest.mark.filterwarnings("ignore:Exception ignored in.*SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning")
def test_no_request_of_a_stranger_is_our_error(made: list[Program]) -> None:
    # CPU time of the thread: how long a busy machine lets it wait is no matter of ours.
    figures = run(made, COUNT, SEED, clock=time.thread_time)
    assert not figures.failures, "\n".join(map(str, figures.failures))
    assert figures.requests == COUNT
