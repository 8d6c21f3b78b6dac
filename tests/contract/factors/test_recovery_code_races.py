"""One recovery code proves once, however many post it at the same time: at the store, before anything counts attempts."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import idp.tables  # noqa: F401 - defines the tables
from idp.db import Database
from idp.factors import store as factors
from idp.factors.recovery_codes import crypto, store
from tests.support.people import People, quick_settings

THREADS = 12


def test_twelve_posts_of_one_recovery_code_prove_it_once(database: Database, tmp_path: Path) -> None:
    people = People(database, quick_settings(tmp_path))
    account_id = people.create()
    digest = crypto.digest(account_id, *crypto.new_codes(1))
    with database.write() as tx:
        factors.insert(tx, id="f", account_id=account_id, method="recovery_codes", name="", now=0)
        store.insert(tx, "f", crypto.keyed(b"k" * 32, digest))

    def use(_number: int) -> str | None:
        try:
            with database.write(durable=False) as tx:
                return store.consume(tx, account_id, crypto.stored_forms([b"k" * 32], digest), now=1)
        finally:
            database.close()

    with ThreadPoolExecutor(THREADS) as pool:
        winners = [factor_id for factor_id in pool.map(use, range(THREADS)) if factor_id]
    assert winners == ["f"]
    assert store.left(database.read(), account_id) == 0
