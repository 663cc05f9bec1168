"""Restores a backup: into an empty installation, or over everything on purpose."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cabinet.backup import postgres, sqlite
from cabinet.backup.archive import Manifest, Reader
from cabinet.backup.errors import BackupError
from cabinet.backup.take import RECEIPTS
from cabinet.models import TABLES, ConnectionRequest, Heartbeat, Message, RequestNote, migrations
from cabinet.models.base import now
from cabinet.models.database import db, is_sqlite
from cabinet.receipts import store

HELD = "restored: it may have been sent before the failure"


@dataclass
class Restored:
    """What came of it. `held`: messages that are not sent by themselves; `lacking`: requests without their
    receipt; `dropped`: files that no row names."""

    manifest: Manifest
    held: int
    lacking: list[str]
    dropped: int
    upgraded: list[str]


def restore(path: Path, cutoff: datetime = datetime.max, force: bool = False) -> Restored:
    """Restore a backup; messages that waited and were enqueued before `cutoff` are held.

    Raises BackupError, with nothing changed, if the backup is damaged, for another database or a later
    version, or if there is something in the way and not `force`.
    """
    reader = Reader(path)
    manifest = reader.manifest
    _check(manifest, force)
    with db.connection_context():
        if is_sqlite():
            sqlite.load(reader)
        else:
            _make_tables(manifest.migrations)
            postgres.load(reader)
    with db.connection_context():  # SQLite's is of before
        upgraded = migrations.upgrade()
        wrong = [table for table, count in manifest.rows.items() if _count(table) != count]
        if wrong and not upgraded:
            raise BackupError(f"restored, but these tables have other numbers of rows: {', '.join(wrong)}")
        return Restored(manifest, _hold(cutoff), *_receipts(reader), upgraded)


def _check(manifest: Manifest, force: bool) -> None:
    ours = "sqlite" if is_sqlite() else "postgresql"
    if manifest.database != ours:
        raise BackupError(f"the backup is of {manifest.database}, DATABASE_URL names {ours}")
    with db.connection_context():
        known = [name for name, _applied in migrations.status()]
        if later := sorted(set(manifest.migrations) - set(known)):
            raise BackupError(f"the backup is of a later version: {', '.join(later)}. Install that one first")
        if force:
            return
        existing = set(db.get_tables())
        filled = [
            model._meta.table_name
            for model in TABLES
            if model is not Heartbeat and model._meta.table_name in existing and model.select().exists()
        ]
    if filled:
        raise BackupError(f"the database is not empty: {', '.join(filled)}")
    if any(store.folder().iterdir()):
        raise BackupError("UPLOADS_FOLDER is not empty")


def _make_tables(wanted: list[str]) -> None:
    """Have the tables of these migrations, and no others."""
    if sorted(name for name, applied in migrations.status() if applied) != wanted:
        postgres.drop_all()
        migrations.upgrade(wanted[-1])


def _count(table: str) -> int:
    return int(db.execute_sql(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0])  # noqa: S608 (of the manifest)


def _hold(cutoff: datetime) -> int:
    """Nobody knows which of the messages that waited then were sent since: staff see them and may retry."""
    held = {"due_at": None, "dead_at": now(), "claim": None, "error": HELD}
    with db.atomic():
        return int(Message.update(held).where(Message.waiting(), Message.created_at < cutoff).execute())


def _receipts(reader: Reader) -> tuple[list[str], int]:
    """Restore the files that rows name, and drop all others."""
    folder, kept = store.folder(), set(reader.names(RECEIPTS))
    for name in kept:
        reader.extract(RECEIPTS + name, folder / name)
    os.sync()
    asked = ConnectionRequest.select(ConnectionRequest.number, ConnectionRequest.receipt)
    named = {row.receipt: row.number for row in asked.where(ConnectionRequest.receipt != "")}
    written = RequestNote.select(RequestNote.file, ConnectionRequest.number)
    with_files = written.join(ConnectionRequest, on=RequestNote.request == ConnectionRequest.id)
    named |= dict(db.execute(with_files.where(RequestNote.file != "")).fetchall())
    names = {path.name.removeprefix(store.NEW) for path in folder.iterdir()}
    unknown = [name for name in names - named.keys() if store.NAME.fullmatch(name)]
    for name in unknown:
        store.discard(name)
    return sorted(number for name, number in named.items() if name not in names), len(unknown)
