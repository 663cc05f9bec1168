"""Letters in numbers of accounts that were imported before are known, too."""

import peewee
import pytest

from cabinet.models import migrations
from cabinet.models.account import periods_and_digits
from tests.migrations.conftest import Before

NAME = "0012_know_accounts_with_letters"


@pytest.mark.parametrize(("number", "digits"), [("80PC558347", False), ("5510044321", True)])
def test_accounts_of_before_are_known(
    database: peewee.DatabaseProxy, before: Before, number: str, digits: bool
) -> None:
    before(NAME)
    with database.atomic():
        sql = "INSERT INTO account (number, printed, address) VALUES ('1', '1', 'x'), ('{0}', '{0}', 'x')"
        database.execute_sql(sql.format(number))
        database.execute_sql("INSERT INTO charge (period, account) VALUES ('2026-10-01', '1')")
    assert NAME in migrations.upgrade()
    assert periods_and_digits()[1] is digits
