"""What an import changes, and what it leaves alone when it fails, is repeated, killed or only tried."""

import os
import signal
import subprocess
import sys
import tracemalloc
from datetime import date
from pathlib import Path

import peewee
import pytest

from cabinet.billing import importer
from cabinet.billing.answers import Answers
from cabinet.billing.batches import COLUMNS
from cabinet.billing.importer import import_billing
from cabinet.billing.plausibility import TEXTS_OF
from cabinet.billing.undo import finish_unfinished
from cabinet.models import Account, Audit, BillingPeriod, Charge, ImportBatch, base
from cabinet.models.account import latest_periods
from cabinet.models.database import db, is_sqlite
from config import ROOT
from tests.billing.files import changes, row, stored, write

EYES_OPEN = Answers(accept=frozenset(TEXTS_OF))
MONTHS = ("2026-08", "2026-09", "2026-10")


def rows(count: int = 50) -> list[dict[str, str]]:
    return [row(str(n), month, f"{n}.00") for month in MONTHS for n in range(1, count + 1)]


def left_behind(folder: Path) -> list[str]:
    """What staging left: files beside SQLite's database, tables in PostgreSQL."""
    tables = [name for name in db.get_tables() if name.startswith("billing_import")]
    return tables + [path.name for path in folder.glob("import-*")]


def test_import_twice_changes_nothing(database: peewee.Database, tmp_path: Path) -> None:
    file = write(tmp_path / "b.csv", rows())
    first = changes(import_billing(file))
    assert first == {
        "new_accounts": 50,
        "changed_accounts": 0,
        "new_charges": 150,
        "changed_charges": 0,
        "unchanged_charges": 0,
    }
    before = stored()
    assert {k: v for k, v in changes(import_billing(file)).items() if v} == {"unchanged_charges": 150}
    assert stored() == before


def test_corrections(database: peewee.Database, tmp_path: Path) -> None:
    import_billing(write(tmp_path / "b.csv", rows()))
    corrected = rows()
    corrected[-1] |= {"amount_due": "7,77", "amount_paid": "1"}
    corrected[-2]["address"] = "г. Клин, д. 2"
    corrected.append(row("А-77"))
    report = import_billing(write(tmp_path / "b.csv", corrected))
    assert changes(report) == {
        "new_accounts": 1,
        "changed_accounts": 1,
        "new_charges": 1,
        "changed_charges": 1,
        "unchanged_charges": 149,
    }
    assert Charge.get(Charge.account == "50", Charge.period == date(2026, 10, 1)).amount_due == 777
    assert Account.get(Account.number == "49").address == "г. Клин, д. 2"
    assert Account.get(Account.number == "A77").printed == "А-77"


def test_dry_run_foretells_and_changes_nothing(database: peewee.Database, tmp_path: Path) -> None:
    import_billing(write(tmp_path / "b.csv", rows(10)))
    before, audits = stored(), Audit.select().count()
    more = rows(12)
    more[0]["amount_due"] = "0.01"
    more[-1]["account"] = "not an account"
    file = write(tmp_path / "b.csv", more)
    foretold = import_billing(file, dry_run=True)
    assert foretold.dry_run and foretold.rejected == 1
    assert stored() == before and Audit.select().count() == audits
    done = import_billing(file)
    assert done.periods == foretold.periods
    assert stored() != before


def test_of_equal_rows_one_counts(database: peewee.Database, tmp_path: Path) -> None:
    same = [
        row("0077", address="первый"),
        row("78"),
        row("77", address="первый"),
        row("00-77", address="первый"),
    ]
    file = write(tmp_path / "b.csv", same)
    report = import_billing(file)
    assert (report.accepted, report.repeated, report.rejected) == (2, 2, 0) and report.tally.complete
    assert {k: v for k, v in changes(report).items() if v} == {"new_accounts": 2, "new_charges": 2}
    assert Account.get(Account.number == "77").printed == "00-77"
    again = import_billing(file)
    assert {k: v for k, v in changes(again).items() if v} == {"unchanged_charges": 2}


def test_a_mistyped_month_neither_hides_the_month_nor_freezes_names(
    database: peewee.Database, tmp_path: Path
) -> None:
    mistyped = [row(str(n), address="прежний") for n in range(1, 31)] + [
        row("1", "2026-12", address="прежний")
    ]
    foretold = import_billing(write(tmp_path / "b.csv", mistyped), dry_run=True)
    assert import_billing(tmp_path / "b.csv", answers=EYES_OPEN).periods == foretold.periods
    assert latest_periods() == [date(2026, 10, 1)]
    import_billing(write(tmp_path / "b.csv", [row("1", "2026-11", address="новый")]), answers=EYES_OPEN)
    assert Account.get(Account.number == "1").address == "новый"


def test_texts_of_the_real_month_win_over_those_of_a_mistyped_month(
    database: peewee.Database, tmp_path: Path
) -> None:
    import_billing(write(tmp_path / "b.csv", [row("1", "2026-09", address="прежний")]))
    both = [row(str(n), address="новый") for n in range(1, 31)] + [row("1", "2026-12", address="опечатка")]
    both.append(row("31", "2026-12"))
    foretold = import_billing(write(tmp_path / "b.csv", both), dry_run=True)
    done = import_billing(tmp_path / "b.csv", answers=EYES_OPEN)
    assert done.periods == foretold.periods and changes(done)["changed_accounts"] == 1
    assert Account.get(Account.number == "1").address == "новый"


def test_an_old_period_leaves_accounts_as_they_are(database: peewee.Database, tmp_path: Path) -> None:
    import_billing(write(tmp_path / "b.csv", [row("1", "2026-10", address="новый")]))
    report = import_billing(
        write(tmp_path / "b.csv", [row("1", "2026-08", address="старый"), row("2", "2026-08")])
    )
    assert Account.get(Account.number == "1").address == "новый"
    assert {k: v for k, v in changes(report).items() if v} == {"new_accounts": 1, "new_charges": 2}


def test_what_a_file_has_no_columns_for_stays(database: peewee.Database, tmp_path: Path) -> None:
    full = row("1", amount_charged="90.00", amount_paid="10.00", last_name="Лисицына", premises="1")
    import_billing(write(tmp_path / "b.csv", [full]))
    brief = write(tmp_path / "b.csv", [row("1", due="50.00")], ["account", "period", "amount_due", "address"])
    import_billing(brief)
    account, charge = Account.get(), Charge.get()
    assert (account.last_name, account.premises) == ("Лисицына", "1")
    assert (charge.amount_due, charge.amount_charged, charge.amount_paid) == (5000, 9000, 1000)


def test_wrong_file_does_not_half_land(database: peewee.Database, tmp_path: Path) -> None:
    many = rows(20)
    for bad in many[:4]:
        bad["amount_due"] = "?"
    file = write(tmp_path / "b.csv", many)
    report = import_billing(file)
    assert report.nothing and report.refused and report.rejected == 4
    assert stored() == ({}, {}) and not Audit.select().count()
    allowed = import_billing(file, max_rejects=7)
    assert not allowed.nothing and len(stored()[1]) == 56


def test_audit(database: peewee.Database, tmp_path: Path) -> None:
    import_billing(write(tmp_path / "b.csv", rows(3)))
    notes = list(Audit.select().where(Audit.action == "billing-import"))
    assert notes and {note.actor for note in notes} == {"system"}
    assert not any("Химки" in str(note.detail) for note in notes)


def test_progress_is_told_in_bytes(database: peewee.Database, tmp_path: Path) -> None:
    file = write(tmp_path / "b.csv", rows(10_000))
    told: list[int] = []
    import_billing(file, progress=told.append)
    assert told and told == sorted(told) and told[0] > 0 and told[-1] <= file.stat().st_size


FAILURES = {
    "sqlite": [
        "CREATE TRIGGER wound BEFORE INSERT ON charge WHEN NEW.account = '41' AND NEW.period = '2026-09-01' "
        "BEGIN SELECT RAISE(ABORT, 'wounded'); END"
    ],
    "postgres": [
        "CREATE OR REPLACE FUNCTION wound() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'wounded'; END $$",
        "CREATE TRIGGER wound BEFORE INSERT ON charge FOR EACH ROW "
        "WHEN (NEW.account = '41' AND NEW.period = '2026-09-01') EXECUTE FUNCTION wound()",
    ],
}


@pytest.mark.parametrize("at_once", [50_000, 0], ids=["whole", "by month"])
def test_failure_in_a_merge_leaves_all_as_it_was(
    database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """Nothing is in, not even what was merged before the failure."""
    monkeypatch.setattr(importer, "AT_ONCE", at_once)
    more = [*rows(), row("newcomer77", "2026-09")]
    file = write(tmp_path / "b.csv", more)
    for sql in FAILURES["sqlite" if is_sqlite() else "postgres"]:
        db.execute_sql(sql)
    with pytest.raises(peewee.DatabaseError, match="wounded"):
        import_billing(file)
    assert stored() == ({}, {}) and not BillingPeriod.select().exists()
    assert [batch.state for batch in ImportBatch.select()] == (
        ["failed"] if is_sqlite() and not at_once else []
    )

    db.execute_sql("DROP TRIGGER wound" + ("" if is_sqlite() else " ON charge"))
    report = import_billing(file)
    assert report.accepted == 151 and len(stored()[1]) == 151
    assert not left_behind(tmp_path)


KILLED = """
import os, signal, sys
from pathlib import Path
from cabinet.billing import importer
from cabinet.billing.importer import import_billing
from cabinet.billing.plausibility import TEXTS_OF
from cabinet.models import Charge, base
from cabinet.models.database import db
from config import Settings

importer.AT_ONCE = int(sys.argv[3])
base.configure(Settings(testing=True, database_url=sys.argv[1]))
db.connect()
commit = db.obj.commit

def commit_and_die():
    commit()
    if Charge.select().exists():
        os.kill(os.getpid(), signal.SIGKILL)

db.obj.commit = commit_and_die
import_billing(Path(sys.argv[2]))
"""


@pytest.mark.parametrize("at_once", [50_000, 0], ids=["whole", "by month"])
def test_kill_after_the_first_commit(
    database: peewee.Database, database_url: str, tmp_path: Path, at_once: int
) -> None:
    """All is in, or what is in is offered to nobody and whoever comes next takes it back."""
    file = write(tmp_path / "b.csv", rows())
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, database_url, str(file), str(at_once)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    if at_once or not is_sqlite():
        assert len(stored()[1]) == 150 and len(latest_periods()) == 3
    else:
        assert {period for period, _ in stored()[1]} == {date(2026, 10, 1)} and latest_periods() == []
        assert finish_unfinished() and stored() == ({}, {})
    import_billing(file)
    assert len(stored()[1]) == 150 and len(latest_periods()) == 3


def test_kill_while_reading(database: peewee.Database, database_url: str, tmp_path: Path) -> None:
    """Nothing is in, and what was left on the disk is cleared by the next import."""
    file = write(tmp_path / "b.csv", rows(3000))
    code = (
        "import os, signal, sys\nfrom pathlib import Path\n"
        "from cabinet.billing.importer import import_billing\n"
        "from cabinet.models import base\nfrom cabinet.models.database import db\n"
        "from config import Settings\n"
        "base.configure(Settings(testing=True, database_url=sys.argv[1]))\ndb.connect()\n"
        "progress = lambda done: done > 500_000 and os.kill(os.getpid(), signal.SIGKILL)\n"
        "import_billing(Path(sys.argv[2]), progress=progress)"
    )
    ended = subprocess.run([sys.executable, "-c", code, database_url, str(file)], cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert stored() == ({}, {})
    assert import_billing(file).accepted == 9000
    assert len(stored()[1]) == 9000 and not left_behind(tmp_path)


def test_failure_of_what_writes_is_told(database: peewee.Database, tmp_path: Path) -> None:
    """Rows that cannot be written end the import with an error of the database, and leave nothing."""
    file = write(tmp_path / "b.csv", rows(5000))

    def progress(done: int) -> None:
        if done > 300_000 and is_sqlite():
            raise OSError("no space left on device")
        if done > 300_000:
            raise peewee.OperationalError("server closed the connection")

    with pytest.raises((OSError, peewee.DatabaseError)):
        import_billing(file, progress=progress)
    assert stored() == ({}, {}) and not left_behind(tmp_path)
    assert import_billing(file).accepted == 15_000


def test_others_write_while_the_file_is_read(database: peewee.Database, tmp_path: Path) -> None:
    """Reading and judging hold no lock: a resident's write gets through in the middle of it."""
    file = write(tmp_path / "b.csv", rows(5000))
    code = (
        "import sys\nfrom cabinet.models import Attempt, base\nfrom cabinet.models.database import db\n"
        "from config import Settings\n"
        "base.configure(Settings(testing=True, database_url=sys.argv[1]))\ndb.connect()\n"
        "print(Attempt.take('test', 'x', (5, 60)))"
    )
    answers: list[str] = []

    def progress(_done: int) -> None:
        if not answers:
            done = subprocess.run(
                [sys.executable, "-c", code, base.settings().database_url],
                cwd=ROOT, capture_output=True, text=True, timeout=10,
            )  # fmt: skip
            answers.append(done.stdout.strip() or done.stderr)

    import_billing(file, progress=progress)
    assert answers == ["0"]


def test_memory_does_not_grow_with_the_file(database: peewee.Database, tmp_path: Path) -> None:
    peaks = []
    for count in (15_000, 45_000):
        line = ";".join(row(str(count)).get(name, "") for name in COLUMNS)
        with (tmp_path / "b.csv").open("w", encoding="utf-8") as out:
            out.write(";".join(COLUMNS) + "\n")
            for month in ("2026-09", "2026-10"):
                out.writelines(
                    line.replace("2026-10", month).replace(str(count), str(n)) + "\n" for n in range(1, count)
                )
        tracemalloc.start()
        import_billing(tmp_path / "b.csv")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + (4 << 20), peaks
