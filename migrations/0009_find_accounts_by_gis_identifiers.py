"""Accounts are found by their ЕЛС and ЖКУ, where billing knows them."""

INDEXES = {"account_els": "els", "account_zhku_id": "zhku_id"}


def up(migrator, db):
    for name, column in INDEXES.items():
        db.execute_sql(f'CREATE INDEX "{name}" ON "account" ("{column}") WHERE ("{column}" != \'\')')


def down(migrator, db):
    for name in INDEXES:
        db.execute_sql(f'DROP INDEX "{name}"')
