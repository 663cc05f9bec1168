"""Requests of one state that one colleague has are listed by an index."""

from cabinet.models.expanding import add_index

atomic = False  # the index is made beside writers

NAME = "connection_request_assignee_state_created_at_number"
COLUMNS = '("assignee", "state", "created_at", "number")'


def up(migrator, db):
    add_index(db, NAME, "connection_request", COLUMNS)


def down(migrator, db):
    db.execute_sql(f'DROP INDEX "{NAME}"')
