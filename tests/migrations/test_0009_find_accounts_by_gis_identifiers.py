"""Accounts that were imported before are found by their identifiers, too."""

import peewee

from cabinet.models import migrations
from cabinet.models.account import billed_number
from tests.migrations.conftest import Before

NAME = "0009_find_accounts_by_gis_identifiers"


def test_accounts_of_before_are_found(database: peewee.DatabaseProxy, before: Before) -> None:
    before(NAME)
    with database.atomic():
        database.execute_sql(
            "INSERT INTO account (number, printed, address, els, zhku_id) "
            "VALUES ('1', '1', 'x', '20МВ123456', '20МВ123456-07'), ('2', '2', 'x', '', '')"
        )
    assert NAME in migrations.upgrade()
    assert {billed_number("20MB123456"), billed_number("20MB12345607")} == {"1"}
