"""SQLite: a copy of the file by the online backup API, which sees one moment and keeps no writer waiting."""

import sqlite3
from contextlib import closing
from pathlib import Path

from cabinet.backup.archive import NAMED_FILES, Reader, Writer
from cabinet.backup.errors import BackupError
from cabinet.models.database import db

ENTRY = "cabinet.db"
TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"


def dump(writer: Writer, beside: Path) -> set[str]:
    """Write the file; returns the names of the receipts that rows name. Needs room for a copy `beside`."""
    copy = beside.with_name(beside.name + ".database")
    try:
        with closing(sqlite3.connect(copy)) as target:
            with closing(sqlite3.connect(f"file:{db.database}?mode=ro", uri=True)) as source:
                source.backup(target)
            target.execute("PRAGMA journal_mode = delete")  # all in one file
            manifest = writer.manifest
            manifest.migrations = _column(target, "SELECT name FROM schema_migration ORDER BY name")
            for table in _column(target, TABLES):
                count = target.execute(f'SELECT COUNT(*) FROM "{table}"')  # noqa: S608 (its own names)
                manifest.rows[table] = count.fetchone()[0]
            receipts = set(_column(target, NAMED_FILES))
        writer.copy(copy, ENTRY)
        return receipts
    except sqlite3.Error as error:
        raise BackupError(f"the database cannot be read: {error}") from None
    finally:
        copy.unlink(missing_ok=True)


def load(reader: Reader) -> None:
    """Replace the content of the database by the backup's, in one transaction of SQLite's own."""
    copy = Path(f"{db.database}.restored")
    db.obj.queue.acquire()
    try:
        reader.extract(ENTRY, copy)
        with closing(sqlite3.connect(copy)) as source, closing(sqlite3.connect(db.database)) as target:
            if source.execute("PRAGMA quick_check").fetchone()[0] != "ok":
                raise BackupError("the database in the backup is damaged")
            source.backup(target)
    finally:
        db.obj.queue.release()
        copy.unlink(missing_ok=True)


def _column(connection: sqlite3.Connection, query: str) -> list[str]:
    return [str(value) for (value,) in connection.execute(query)]
