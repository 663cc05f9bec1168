"""Locks of names: who counts the same waits, whatever engine has the rows.

A name's lock is one row of a table that is filled once: every engine that speaks PostgreSQL's protocol keeps
others away from a locked row, while some only pretend to have advisory locks.
"""

import hashlib

import peewee

from cabinet.models.database import db, is_sqlite
from cabinet.models.prepared import execute

SHARED = 2**14  # rows that names share; another number would let two versions by each other
TRY = "SELECT id FROM lock_row WHERE id = %s FOR UPDATE SKIP LOCKED"  # no row: somebody else has it
OWN = ("billing", "matching", "doctor")  # have the rows after these: they are held for long, or only tried


def row_of(name: str) -> int:
    """The row that stands for a name, in every process the same."""
    if name in OWN:
        return SHARED + OWN.index(name)
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % SHARED


def lock_names(*names: str) -> None:
    """Lock out others who lock one of these until the transaction ends; SQLite's writers already queue.

    What they wrote is seen by the statements after this one. One call locks in one order, so nobody waits for
    each other. Between two calls of a transaction they may, rarely, for names share rows: PostgreSQL ends one
    of the two (40P01), whose unit of work is done again. Raises peewee.ProgrammingError where there is none.
    """
    if not db.in_transaction():
        raise peewee.ProgrammingError("a lock outside of a transaction")
    if is_sqlite():
        return
    rows = sorted({row_of(name) for name in names})
    if _lock(rows) < len(rows):  # somebody has emptied the table
        places = ", ".join(["(?)"] * len(rows))
        execute(f"INSERT INTO lock_row (id) VALUES {places} ON CONFLICT DO NOTHING", rows)  # noqa: S608
        _lock(rows)


def _lock(rows: list[int]) -> int:
    places = ", ".join("?" * len(rows))
    query = f"SELECT id FROM lock_row WHERE id IN ({places}) ORDER BY id FOR UPDATE"  # noqa: S608
    return len(execute(query, rows).fetchall())
