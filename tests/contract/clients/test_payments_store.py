"""Payments on both engines: what is posted is there once, a basket is checked out once, whatever happens at the same time."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask

from clients.dashboard.app import create
from clients.dashboard.payments.account import Account
from clients.dashboard.payments.posting import OtherContentError, TakenError, TooManyError
from clients.dashboard.payments.states import TransitionError
from clients.dashboard.payments.till import ChangedError, Till, Wanted
from clients.sso.db import Model, db
from config.settings import load_relying_party
from tests.support.payments import NOW, move_money, post, posting

RACERS = 8
MANY = 50
TABLES = {"invoice", "invoice_change", "payment", "payment_posting", "movement"}
till, account = Till(lambda: NOW), Account(lambda: NOW)


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    environ = {"DATA_DIR": str(tmp_path), "PROFILE": "test"}
    if request.param == "postgresql":
        environ["DASHBOARD_DATABASE_URL"] = request.getfixturevalue("postgres").database()
    app = create(load_relying_party("dashboard", environ))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def race(app: Flask, action: Callable[[int], Any], racers: int = RACERS) -> list[Any]:
    def run(number: int) -> Any:
        with app.app_context():
            try:
                return action(number)
            except (OtherContentError, TooManyError, TakenError, ChangedError, TransitionError) as error:
                return type(error).__name__

    with ThreadPoolExecutor(racers) as pool:
        return list(pool.map(run, range(racers)))


def states(sub: str = "alice") -> Counter[str]:
    return Counter({one.state: one.number for one in till.sums(sub)})


def test_migrations_make_what_the_models_say(app: Flask) -> None:
    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or name in TABLES

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours})
        differences = compare_metadata(context, Model.metadata)
    assert Model.metadata.tables.keys() >= TABLES
    assert [one for one in differences if getattr(one[1], "name", "") in TABLES] == []


def test_the_same_call_at_once_is_one(app: Flask) -> None:
    made = race(app, lambda _: tuple(post({}, {"sub": "bob"}, key="k")))
    assert len(set(made)) == 1
    assert states() == states("bob") == {"unpaid": 1}


def test_the_same_references_at_once_are_the_same_invoices(app: Flask) -> None:
    references = [{"reference": f"R{at}"} for at in range(20)]

    def write(number: int) -> tuple[str, ...]:
        # In an order of their own and under keys of their own, so that locks taken in that order would meet.
        return tuple(sorted(post(*(references if number % 2 else references[::-1]), key=f"k{number}")))

    assert len(set(race(app, write))) == 1
    assert states() == {"unpaid": 20}
    made = race(app, lambda number: len(post({"reference": "N", "title": f"T{number}"})))
    assert Counter(made) == {1: 1, "TakenError": RACERS - 1}


def test_a_batch_with_one_that_is_taken_leaves_nothing(app: Flask) -> None:
    post({"reference": "R7"})
    with pytest.raises(TakenError) as caught:
        post(*({"reference": f"R{at}", "title": "Other"} for at in range(10)), key="k")
    assert caught.value.errors == [(7, "reference", "You have posted something else under this reference.")]
    assert states() == {"unpaid": 1}
    # It was no call, so its key is free.
    assert post({"reference": "R8"}, key="k")


def test_fifty_clicks_check_a_basket_out_once(app: Flask) -> None:
    ids = post(*({} for _ in range(5)), {"currency": "EUR"})
    assert till.move("alice", ids, "basket") == 6
    digest = next(one.digest for one in till.basket("alice") if one.currency == "CHF")
    db.session.remove()
    made = race(app, lambda _: till.check_out("alice", digest).reference, MANY)
    assert len(set(made)) == 1
    assert states() == {"pending": 5, "basket": 1}
    payment, invoices = till.payment("alice", made[0])
    assert (payment.amount, payment.currency, len(invoices)) == (5_000, "CHF", 5)
    assert db.session.execute(db.text("SELECT count(*) FROM payment")).scalar_one() == 1
    assert db.session.execute(db.text("SELECT count(*) FROM invoice_change WHERE after = 'pending'")).scalar_one() == 5
    assert till.basket("bob") == []
    with pytest.raises(ChangedError):
        till.check_out("bob", digest)


def test_one_reference_never_pays_two_creditors(app: Flask) -> None:
    fees, shop = post({"reference": "F"}, service="fees"), post({"reference": "S"}, service="shop")
    till.move("alice", [*fees, *shop], "basket")
    parts = till.basket("alice")
    assert [(one.service, [invoice.id for invoice in one.invoices]) for one in parts] == [
        ("fees", fees),
        ("shop", shop),
    ]
    payment = till.check_out("alice", parts[0].digest)
    assert (payment.service, payment.amount) == ("fees", 1_000)
    assert [one.id for one in till.payment("alice", payment.reference)[1]] == fees
    assert [one.service for one in till.basket("alice")] == ["shop"]


def test_large_invoices_make_no_page_unreachable(app: Flask) -> None:
    """Their sum is larger than 64 bits, and so is what came into the account and went out of it."""
    most, many = 10**15 - 1, 9_300
    for at in range(0, many, 1_000):
        rows = [{"reference": f"L{at + one}", "amount": f"{most // 100}.99"} for one in range(min(1_000, many - at))]
        db.session.execute(db.text("DELETE FROM payment_posting"))
        post(*rows)
    assert [(one.state, one.number, one.amount) for one in till.sums("alice")] == [("unpaid", many, many * most)]
    db.session.execute(db.text("UPDATE invoice SET state = 'basket'"))
    db.session.commit()
    (part,) = till.basket("alice")
    assert (part.amount, part.is_payable) == (many * most, False)
    with pytest.raises(ChangedError):
        till.check_out("alice", part.digest)
    db.session.execute(db.text("UPDATE invoice SET state = 'paid', paid_month = '2027-01'"))
    db.session.commit()
    assert till.paid("alice")[-1].amount == many * most


def test_large_movements_make_no_page_unreachable(app: Flask) -> None:
    most = 10**15 - 1
    for kind, sign in (("withdrawal", -1), ("deposit", 1)):
        db.session.execute(db.text("DELETE FROM movement"))
        move_money({"reference": kind, "amount": f"{most // 100}.99", "kind": kind})
        copies = (
            "INSERT INTO movement (id, sub, service, reference, fingerprint, currency, amount, day, month, text, created_at)"
            " SELECT id, sub, service, reference || :at, fingerprint, currency, amount, day, month, text, created_at FROM movement"
        )
        for at in range(14):
            db.session.execute(db.text(copies), {"at": f"-{at}"})
        db.session.commit()
        assert account.balances("alice") == {"CHF": sign * most * 2**14}
        assert account.history("alice", "CHF")[-1].amount == sign * most * 2**14


def test_a_basket_that_has_changed_isn_t_checked_out(app: Flask) -> None:
    ids = post(*({} for _ in range(3)))
    till.move("alice", ids, "basket")
    seen = till.basket("alice")[0].digest
    posting.change("fees", ids[0], "cancelled")
    with pytest.raises(ChangedError):
        till.check_out("alice", seen)
    assert states() == {"basket": 2, "cancelled": 1}
    # Taken out and put back is another look at it, too.
    seen = till.basket("alice")[0].digest
    till.move("alice", ids, "unpaid"), till.move("alice", ids, "basket")
    with pytest.raises(ChangedError):
        till.check_out("alice", seen)
    assert states() == {"basket": 2, "cancelled": 1}


def test_checking_out_while_the_service_changes_its_mind(app: Flask) -> None:
    ids = post(*({} for _ in range(4)))
    till.move("alice", ids, "basket")
    digest = till.basket("alice")[0].digest
    db.session.remove()

    def act(number: int) -> Any:
        if number % 2:
            return till.check_out("alice", digest).reference
        return posting.change("fees", ids[number // 2], "cancelled").state

    made = race(app, act)
    references = {one for one in made if str(one).startswith("RF")}
    assert len(references) <= 1
    after = states()
    # Either everything that was seen got the reference and was cancelled then, or nothing did.
    assert after == {"cancelled": 4}
    changed = db.session.execute(db.text("SELECT count(*) FROM invoice_change WHERE after = 'pending'")).scalar_one()
    assert changed == (4 if references else 0)


def test_of_two_who_change_an_invoice_one_comes_first(app: Flask) -> None:
    (made,) = post({})
    db.session.remove()
    answers = race(app, lambda number: posting.change("fees", made, "paid" if number % 2 else "cancelled").state)
    assert set(answers) <= {"paid", "cancelled", "TransitionError"}
    assert len(set(answers) - {"TransitionError"}) == 1
    _invoice, changes = till.open("alice", made)
    assert len(changes) == 2


def test_a_payment_that_never_came_can_be_tried_again(app: Flask) -> None:
    ids = post({}, {})
    till.move("alice", ids, "basket")
    first = till.check_out("alice", till.basket("alice")[0].digest)
    for one in ids:
        posting.change("fees", one, "unpaid")
    till.move("alice", ids, "basket")
    second = till.check_out("alice", till.basket("alice")[0].digest)
    assert first.reference != second.reference
    assert [one.payment for one in till.payment("alice", first.reference)[1]] == [second.reference] * 2
    assert len(posting.find("fees", payment=second.reference)) == 2
    assert posting.find("fees", payment=first.reference) == []


def test_pages_go_on_where_they_ended(app: Flask) -> None:
    days = [3, 1, 2, 1, 3, 2, 1]
    post(*({"due": f"2030-01-{day:02}", "title": f"T{at} größe"} for at, day in enumerate(days)))
    for wanted in (Wanted(), Wanted("unpaid"), Wanted("unpaid", ("grösse",))):
        seen, after = [], ""
        while True:
            page = till.page("alice", wanted, after=after, most=3)
            seen += page.invoices
            if not page.more:
                break
            after = page.more
        assert len({one.id for one in seen}) == 7, wanted
        if wanted.state:
            assert [one.due for one in seen] == sorted(one.due for one in seen)
    assert till.page("bob", Wanted(), after=seen[0].id).invoices == []
    assert till.page("alice", Wanted("unpaid", ("50%",))).invoices == []


def test_what_was_paid_by_month(app: Flask) -> None:
    post({"state": "paid", "paid_on": "2026-12-05"}, {"state": "paid", "paid_on": "2026-12-31"}, {"sub": "bob"})
    post({"reference": "now"}, {"reference": "old", "state": "paid", "paid_on": "2020-01-01"})
    posting.change("fees", posting.find("fees", reference="now")[0].id, "paid")
    months = till.paid("alice")
    assert [(one.month, one.amount) for one in months][-3:] == [("2026-11", 0), ("2026-12", 2_000), ("2027-01", 1_000)]
    assert (len(months), sum(one.amount for one in months), till.paid("bob")) == (12, 3_000, [])


def test_the_current_account(app: Flask) -> None:
    move_money(
        {"date": "2025-05-05", "amount": "100.00"},
        {"date": "2026-12-24", "kind": "withdrawal", "amount": "30.50"},
        {"date": "2027-01-02", "currency": "JPY", "amount": "500"},
        {"sub": "bob", "amount": "7.00"},
    )
    assert account.balances("alice") == {"CHF": 6_950, "JPY": 500}
    history = account.history("alice", "CHF")
    assert [one.amount for one in history][-3:] == [10_000, 6_950, 6_950]
    assert (len(history), history[0].amount) == (12, 10_000)
    first = account.page("alice", "CHF", most=1)
    assert [one.amount for one in first.movements] == [-3_050]
    second = account.page("alice", "CHF", after=first.more, most=1)
    assert ([one.amount for one in second.movements], second.more) == ([10_000], "")
    assert account.page("bob", "CHF", after=first.more).movements[0].amount == 700


def test_no_list_is_sorted_or_read_as_a_whole(app: Flask) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL plans by the size of a table")
    statements: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        statements.append((statement, parameters))

    from sqlalchemy import event

    (made,) = post({})
    (moved,) = move_money({})
    event.listen(db.engine, "before_cursor_execute", note)
    for state in ("", "unpaid", "paid"):
        till.page("alice", Wanted(state), after=made)
    till.sums("alice"), till.paid("alice"), till.open("alice", made)
    account.balances("alice"), account.history("alice", "CHF"), account.page("alice", "CHF", after=moved)
    event.remove(db.engine, "before_cursor_execute", note)
    with db.engine.connect() as connection:
        for statement, parameters in statements:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            text = " ".join(str(row[-1]) for row in plan)
            assert "TEMP B-TREE" not in text, (statement, text)
            assert "SCAN" not in text, (statement, text)
            assert "sub" in statement
