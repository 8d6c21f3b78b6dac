import base64
import json

import pytest
from altcha import Payload

from config.settings import ProofOfWorkSettings
from idp.web.proof_of_work import ProofOfWork, Solved, Work
from tests.support.clock import TurnedClock
from tests.support.guessing import solve

HERE = ("a sign-in", "192.0.2.1")


@pytest.fixture
def proof_of_work(clock: TurnedClock) -> ProofOfWork:
    return ProofOfWork(b"k" * 32, clock, ProofOfWorkSettings(tries=50, wait=2))


def test_a_solution_counts_at_once(proof_of_work: ProofOfWork) -> None:
    solved = proof_of_work.check(solve(proof_of_work.issue(1, *HERE).payload), *HERE)
    assert isinstance(solved, Solved)
    assert not solved.by_waiting


def test_a_challenge_that_waited_counts_and_no_sooner(proof_of_work: ProofOfWork, clock: TurnedClock) -> None:
    work = proof_of_work.issue(1, *HERE)
    clock.forward(1)
    early = proof_of_work.check(work.payload, *HERE)
    assert isinstance(early, Work)
    assert early.wait == 1
    clock.forward(1)
    waited = proof_of_work.check(early.payload, *HERE)
    assert isinstance(waited, Solved)
    assert waited.by_waiting


def test_a_solution_is_worth_nothing_elsewhere(proof_of_work: ProofOfWork, clock: TurnedClock) -> None:
    solution = solve(proof_of_work.issue(1, *HERE).payload)
    assert proof_of_work.check(solution, "another sign-in", HERE[1]) is None
    assert proof_of_work.check(solution, HERE[0], "192.0.2.2") is None
    assert ProofOfWork(b"x" * 32, clock, ProofOfWorkSettings()).check(solution, *HERE) is None


def test_nobody_hoards_solutions(proof_of_work: ProofOfWork, clock: TurnedClock) -> None:
    solution = solve(proof_of_work.issue(1, *HERE).payload)
    clock.forward(602)
    assert proof_of_work.check(solution, *HERE) is None


def test_a_spent_one_is_remembered_for_as_long_as_it_is_good(proof_of_work: ProofOfWork, clock: TurnedClock) -> None:
    work = proof_of_work.issue(3, *HERE, wait=900)
    solution = solve(work.payload)
    solved = proof_of_work.check(solution, *HERE)
    assert isinstance(solved, Solved)
    clock.forward(solved.seconds - 2)
    assert isinstance(proof_of_work.check(solution, *HERE), Solved)
    clock.forward(1)
    assert proof_of_work.check(solution, *HERE) is None


def test_nobody_makes_their_own_easier(proof_of_work: ProofOfWork) -> None:
    payload = Payload.from_base64(proof_of_work.issue(4, *HERE).payload)
    payload.challenge.parameters.key_prefix = ""
    assert proof_of_work.check(payload.to_base64(), *HERE) is None
    payload = Payload.from_base64(proof_of_work.issue(4, *HERE).payload)
    assert payload.challenge.parameters.data
    payload.challenge.parameters.data["after"] = 0
    assert proof_of_work.check(payload.to_base64(), *HERE) is None


def test_each_level_doubles_up_to_a_bound(proof_of_work: ProofOfWork) -> None:
    work = [proof_of_work.issue(level, *HERE) for level in (1, 2, 3, 4, 5, 50)]
    assert [one.tries for one in work] == [50, 100, 200, 400, 400, 400]
    assert [one.wait for one in work] == [2, 4, 8, 16, 16, 16]


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "x",
        "{}",
        "[" * 3_000,
        "A" * 2_001,
        base64.b64encode(b"[" * 1_400).decode(),
        base64.b64encode(b'{"challenge": 1, "solution": 2}').decode(),
        base64.b64encode(b'{"challenge": {"parameters": []}, "solution": {}}').decode(),
        base64.b64encode(json.dumps({"challenge": {"parameters": None}, "solution": None}).encode()).decode(),
    ],
)
def test_what_is_none_of_ours_is_nothing(proof_of_work: ProofOfWork, sent: str) -> None:
    assert proof_of_work.check(sent, *HERE) is None


@pytest.mark.parametrize("counter", [None, -1, 2**70, 1e400, "0", [[]], {"a": float("nan")}, True])
def test_a_hostile_solution_is_none(proof_of_work: ProofOfWork, counter: object) -> None:
    payload = json.loads(base64.b64decode(proof_of_work.issue(1, *HERE).payload))
    for field in ("counter", "derivedKey", "time"):
        changed = payload | {"solution": payload["solution"] | {field: counter}}
        sent = base64.b64encode(json.dumps(changed).encode()).decode()
        assert isinstance(proof_of_work.check(sent, *HERE), Work)
    for field in ("nonce", "salt", "cost", "keyLength", "keyPrefix", "expiresAt", "data", "memoryCost"):
        parameters = payload["challenge"]["parameters"] | {field: counter}
        changed = payload | {"challenge": payload["challenge"] | {"parameters": parameters}}
        sent = base64.b64encode(json.dumps(changed).encode()).decode()
        assert proof_of_work.check(sent, *HERE) is None
