"""Accounts are found by their ЕЛС and ЖКУ, where billing knows them."""

from cabinet.models.expanding import add_index

atomic = False  # the indexes are made beside writers

INDEXES = {"account_els": "els", "account_zhku_id": "zhku_id"}


def up(migrator, db):
    for name, column in INDEXES.items():
        add_index(db, name, "account", f'("{column}") WHERE ("{column}" != \'\')')


def down(migrator, db):
    for name in INDEXES:
        db.execute_sql(f'DROP INDEX "{name}"')
