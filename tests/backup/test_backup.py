"""`backup` and `restore`: what comes back, what is refused, what is not sent again."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import peewee
import pytest
from click.testing import Result
from flask import Flask

from cabinet.commands.backup import WORDS, backup_command, restore_command
from cabinet.models import TABLES, Account, ConnectionRequest, Message, migrations
from cabinet.models.database import db, is_sqlite
from cabinet.receipts import store
from config import Settings
from tests.cast import LESNAYA, PHONE, SADOVAYA, bill, resident
from tests.databases import disconnect

Run = Callable[..., str]


@pytest.fixture
def run(database: peewee.Database, settings: Settings) -> Run:
    """Run `backup FILE` or `restore FILE …`; what they print. They open connections of their own."""
    app = Flask("wsgi")
    app.cli.add_command(backup_command)
    app.cli.add_command(restore_command)

    def invoke(*words: object, fails: int = 0) -> str:
        disconnect()
        result: Result = app.test_cli_runner().invoke(args=list(map(str, words)))
        db.connect()
        assert result.exit_code == fails, (result.output, result.exception)
        return result.output

    return invoke


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the backup goes."""
    return tmp_path / "backup.zip"


def request_with(receipt: str, number: str = "10000001") -> None:
    """A connection request that names this file."""
    words = dict.fromkeys(("last_name", "first_name", "email", "city", "street", "house"), "Ё\t\\x")
    with db.atomic():
        ConnectionRequest.create(
            number=number, phone=PHONE, receipt=receipt, idempotency_key=number, comment="а\nб", **words
        )


def content() -> dict[str, list[str]]:
    """Every row of every table."""
    return {model._meta.table_name: sorted(map(str, model.select().tuples())) for model in TABLES}


def empty_all() -> None:
    """Leave no row and no receipt."""
    with db.atomic():
        for model in reversed(TABLES):
            model.delete().execute()
    for path in store.folder().iterdir():
        path.unlink()


def test_all_rows_and_receipts_come_back_to_an_empty_place(run: Run, file: Path) -> None:
    bill(LESNAYA, SADOVAYA)
    resident(accounts=[LESNAYA])
    settled, new = store.keep(b"settled"), store.keep(b"new")
    store.settle(settled)
    request_with(settled)
    request_with(new, "10000002")
    stranger = store.keep(b"of no request")
    before = content()
    assert "2 receipts" in run("backup", file)

    empty_all()
    said = run("restore", file, "--cutoff", "none")
    assert "2 receipts" in said and "0 files dropped" in said
    assert content() == before
    assert store.find(settled).read_bytes() == b"settled" and store.find(new).read_bytes() == b"new"
    with pytest.raises(FileNotFoundError):
        store.find(stranger)
    last = ConnectionRequest.select(peewee.fn.MAX(ConnectionRequest.id)).scalar()
    request_with("", "10000003")
    assert ConnectionRequest.get(number="10000003").id > last


def test_nothing_is_replaced_without_the_words(run: Run, file: Path) -> None:
    bill(LESNAYA)
    run("backup", file)
    bill(SADOVAYA)
    assert "the database is not empty: account, charge" in run("restore", file, fails=1)
    assert WORDS in run("restore", file, "--force", "yes", fails=1)
    assert Account.select().count() == 2
    run("restore", file, "--force", WORDS)
    assert [account.number for account in Account.select()] == [LESNAYA]


def test_a_folder_with_receipts_is_no_empty_place(run: Run, file: Path) -> None:
    run("backup", file)
    name = store.keep(b"somebody's")
    assert "UPLOADS_FOLDER is not empty" in run("restore", file, fails=1)
    assert store.find(name)
    assert "1 files dropped" in run("restore", file, "--force", WORDS)
    with pytest.raises(FileNotFoundError):
        store.find(name)


def test_what_waited_is_held_and_can_be_retried(run: Run, file: Path) -> None:
    with db.atomic():
        old = Message.enqueue("mail", "registered", to="a@example.org")
        Message.update(created_at="2026-01-01 10:00:00").where(Message.id == old.id).execute()
        late = Message.enqueue("mail", "registered", to="b@example.org")
    run("backup", file)
    empty_all()
    assert "1 messages are held" in run("restore", file, "--cutoff", "2026-01-02T03:00+03:00")
    assert [message.id for message in Message.select().where(Message.waiting())] == [late.id]
    assert "2 messages are held" in run("restore", file, "--force", WORDS)
    assert not Message.select().where(Message.waiting()).exists()
    assert Message.retry_all() == 2


def test_a_receipt_that_was_lost_is_named(run: Run, file: Path) -> None:
    lost = "0" * 32
    request_with(lost)
    assert lost in run("backup", file)
    empty_all()
    assert "request 10000001 has no file" in run("restore", file)


def test_a_damaged_backup_changes_nothing(run: Run, file: Path) -> None:
    bill(LESNAYA)
    run("backup", file)
    entry = next(name for name in zipfile.ZipFile(file).namelist() if name != "manifest.json")
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning):
        archive.writestr(entry, b"other words")
    assert f"nor whole: {entry}" in run("restore", file, "--force", WORDS, fails=1)
    file.write_bytes(b"PK")
    assert "neither a backup" in run("restore", file, "--force", WORDS, fails=1)
    assert Account.select().count() == 1


def test_a_backup_of_an_earlier_version_is_upgraded(
    run: Run, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bill(LESNAYA)
    run("backup", file)
    existing = sorted(migrations.FOLDER.glob("*.py"))
    folder = tmp_path / "migrations"
    folder.mkdir()
    for path in existing:
        (folder / path.name).write_bytes(path.read_bytes())
    name = f"{len(existing) + 1:04}_more"
    (folder / f"{name}.py").write_text(
        "def up(migrator, db):\n    db.execute_sql('ALTER TABLE account ADD COLUMN more INTEGER')\n"
    )
    monkeypatch.setattr(migrations, "FOLDER", folder)
    migrations.upgrade()
    assert f"applied {name}" in run("restore", file, "--force", WORDS)
    assert db.execute_sql("SELECT number, more FROM account").fetchall() == [(LESNAYA, None)]


def test_a_backup_of_a_later_version_is_refused(
    run: Run, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("backup", file)
    first = min(migrations.FOLDER.glob("*.py"))
    (tmp_path / first.name).write_bytes(first.read_bytes())
    monkeypatch.setattr(migrations, "FOLDER", tmp_path)
    with db.atomic():
        db.execute_sql("DELETE FROM schema_migration WHERE name <> '0001_initial'")
    assert "of a later version: 0002_" in run("restore", file, fails=1)


def test_a_backup_of_the_other_database_is_refused(
    run: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("backup", file)
    monkeypatch.setattr("cabinet.backup.restore.is_sqlite", lambda: not is_sqlite())
    assert "DATABASE_URL names" in run("restore", file, fails=1)


def test_a_backup_overwrites_nothing_and_leaves_no_half(
    run: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text("mine")
    assert "is there already" in run("backup", file, fails=1)
    file.unlink()

    def fail(_name: str) -> None:
        raise OSError("disk full")

    request_with(store.keep(b"x"))
    monkeypatch.setattr(store, "find", fail)
    assert "disk full" in run("backup", file, fails=1)
    assert not list(file.parent.glob("backup.zip*"))


def test_a_backup_before_the_upgrade_says_what_to_do(run: Run, tmp_path: Path) -> None:
    with db.atomic():
        db.execute_sql("DELETE FROM schema_migration WHERE name = (SELECT MAX(name) FROM schema_migration)")
    said = run("backup", tmp_path / "b.zip", fails=1)
    assert "lacks 1 migrations" in said and "with the version before" in said
    assert not [*tmp_path.glob("b.zip*")]
