"""Codes are found by an index of their own: they wait for no notice, nor for gateways that rest."""

from cabinet.models.expanding import add_index

atomic = False  # the index is made beside writers

CODES = '("lane", "due_at") WHERE "due_at" IS NOT NULL AND "template" = \'code\''


def up(migrator, db):
    add_index(db, "message_codes", "message", CODES)


def down(migrator, db):
    db.execute_sql('DROP INDEX "message_codes"')
