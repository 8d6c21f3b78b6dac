import pytest

from idp.accounts.sessions import TOUCH_EVERY
from idp.accounts.strength import password
from tests.support.people import HERE, People

HOUR = 3600


def strengthen(people: People, sid: str) -> str:
    with people.database.write() as tx:
        proofs = [password(people.now)]
        return people.accounts.sessions.strengthen(tx, sid, proofs, ip=HERE.ip, user_agent=HERE.user_agent)[1]


def test_a_cookie_finds_its_session(people: People) -> None:
    account_id = people.create(roles=("finance",))
    session = people.accounts.sessions.find(people.start(account_id))
    assert session
    assert (session.account_id, session.username, session.roles) == (account_id, "carla", ("finance",))
    assert (session.auth_time, session.amr, session.acr, session.remembered) == (people.now, ("pwd",), "aal1", False)


@pytest.mark.parametrize("value", ["", ".", "no-dot", "01abc.secret", "x" * 5000])
def test_other_cookies_find_nothing(people: People, value: str) -> None:
    assert people.accounts.sessions.find(value) is None


def test_only_the_right_secret(people: People) -> None:
    value = people.start(people.create())
    assert people.accounts.sessions.find(value[:-1] + ("a" if value[-1] != "a" else "b")) is None
    assert value.partition(".")[2] not in str(
        [dict(row) for row in people.database.read().all("SELECT * FROM sso_session")]
    )


def test_rotation_makes_the_former_secret_worthless(people: People) -> None:
    value = people.start(people.create())
    people.now += HOUR
    sid = value.partition(".")[0]
    renewed = strengthen(people, sid)
    found = people.accounts.sessions.find(renewed)
    assert found
    assert (found.sid, found.auth_time) == (sid, people.now)
    assert people.accounts.sessions.find(value) is None
    assert len(people.accounts.sessions.history(found.account_id)) == 2


def test_idle_and_absolute_end(people: People) -> None:
    value = people.start(people.create())
    for _ in range(11):
        people.now += HOUR
        assert people.accounts.sessions.find(value)
    people.now += HOUR
    assert people.accounts.sessions.find(value) is None  # twelve hours, however busy

    idle = people.start(people.create("dora", "dora@example.org"))
    people.now += 2 * HOUR
    assert people.accounts.sessions.find(idle) is None


def test_remembered_sessions_last_for_weeks(people: People) -> None:
    value = people.start(people.create(), remember=True)
    people.now += 20 * 24 * HOUR
    assert people.accounts.sessions.find(value)


def test_reading_seldom_writes(people: People) -> None:
    value = people.start(people.create())
    seen = []
    for _ in range(4):
        people.now += TOUCH_EVERY // 2
        people.accounts.sessions.find(value)
        seen.append(people.database.read().one("SELECT last_seen_at FROM sso_session")["last_seen_at"])  # type: ignore[index]
    assert len(set(seen)) == 3  # not yet, touched, not yet, touched


def test_the_end_tells_the_hooks_in_its_transaction(people: People) -> None:
    sessions, told = people.accounts.sessions, []
    sessions.on_end.append(lambda _tx, sids: told.append(list(sids)))
    account_id = people.create()
    values = [people.start(account_id) for _ in range(3)]
    sids = [value.partition(".")[0] for value in values]
    with people.database.write() as tx:
        assert sessions.end(tx, sids[0], "signed_out")
        assert not sessions.end(tx, sids[0], "signed_out")
        assert sessions.end_all(tx, account_id, "password_changed", except_sid=sids[2]) == [sids[1]]
    assert told == [[sids[0]], [sids[1]]]
    assert [bool(sessions.find(value)) for value in values] == [False, False, True]


def test_a_hook_that_fails_leaves_everything_as_it_was(people: People) -> None:
    value = people.start(people.create())

    def fail(*_given: object) -> None:
        raise RuntimeError

    people.accounts.sessions.on_end.append(fail)
    with pytest.raises(RuntimeError), people.database.write() as tx:
        people.accounts.sessions.end(tx, value.partition(".")[0], "signed_out")
    assert people.accounts.sessions.find(value)


def test_a_person_ends_only_their_own(people: People) -> None:
    own, other = people.start(people.create()), people.start(people.create("dora", "dora@example.org"))
    session = people.accounts.sessions.find(own)
    assert session
    assert people.accounts.sessions.end_chosen(session, other.partition(".")[0]) == []
    assert people.accounts.sessions.find(other)
    assert people.accounts.sessions.end_chosen(session, "all") == [session.sid]


def test_a_disabled_person_has_no_session(people: People) -> None:
    account_id = people.create()
    value = people.start(account_id)
    with people.database.write() as tx:
        tx.run("UPDATE account SET status = 'disabled'")
    assert people.accounts.sessions.find(value) is None
    with pytest.raises(LookupError):
        people.start(account_id)
    assert people.accounts.claims.for_subject(account_id) is None


def test_old_ones_are_forgotten(people: People) -> None:
    people.start(people.create())
    people.now += 365 * 24 * HOUR
    people.accounts.purge()
    assert people.count("sso_session") == 0
