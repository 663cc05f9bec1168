"""Accounts of before are found by their address as soon as the worker runs."""

import peewee

from cabinet.billing.jobs import run_next
from cabinet.models import migrations
from cabinet.models.account_search import find_accounts
from tests.migrations.conftest import Before

NAME = "0044_find_accounts_by_houses"


def test_accounts_of_before_are_found_by_address(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    with database.atomic():
        for number in ("1", "2"):
            database.execute_sql(
                "INSERT INTO account (number, printed, address)"
                f" VALUES ('77{number}', '77{number}', 'г. Клин, ул. Дачная, д. 3, кв. {number}')"
            )
    assert NAME in migrations.upgrade()
    assert [row.number for row in find_accounts("772")[0]] == ["772"]

    assert not run_next()

    assert [row.number for row in find_accounts("дачная 3 2")[0]] == ["772"]
    assert find_accounts("дачная 3")[1] is False and len(find_accounts("дачная 3")[0]) == 2
