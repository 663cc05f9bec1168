"""Phones show a keyboard of digits where no account has letters: whether any has is known at once."""


def up(migrator, db):
    db.execute_sql(
        'CREATE INDEX "account_lettered" ON "account" ("number") '
        "WHERE (LTRIM(\"number\", '0123456789') != '')"
    )


def down(migrator, db):
    db.execute_sql('DROP INDEX "account_lettered"')
