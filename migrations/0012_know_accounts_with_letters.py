"""Phones show a keyboard of digits where no account has letters: whether any has is known at once."""

from cabinet.models.expanding import add_index

atomic = False  # the index is made beside writers


def up(migrator, db):
    lettered = "(\"number\") WHERE (LTRIM(\"number\", '0123456789') != '')"
    add_index(db, "account_lettered", "account", lettered)


def down(migrator, db):
    db.execute_sql('DROP INDEX "account_lettered"')
