"""What an import leaves alone when it fails or is killed."""

import os
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

import peewee
import pytest

from cabinet.billing import importer
from cabinet.billing.importer import import_billing
from cabinet.billing.undo import finish_unfinished
from cabinet.models import Audit, BillingPeriod, ImportBatch
from cabinet.models.account import latest_periods
from cabinet.models.database import db, is_sqlite
from config import ROOT
from tests.billing.files import row, stored, write

MONTHS = ("2026-08", "2026-09", "2026-10")


def rows(count: int = 50) -> list[dict[str, str]]:
    return [row(str(n), month, f"{n}.00") for month in MONTHS for n in range(1, count + 1)]


def left_behind(folder: Path) -> list[str]:
    """What staging left: files beside SQLite's database, tables in PostgreSQL."""
    tables = [name for name in db.get_tables() if name.startswith("billing_import")]
    return tables + [path.name for path in folder.glob("import-*")]


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


@pytest.mark.sample(2)
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


KILLED_IN_A_CORRECTION = """
import os, signal, sys
from pathlib import Path
from cabinet.billing import journal
from cabinet.billing.importer import import_billing
from cabinet.models import base
from cabinet.models.database import db
from config import Settings

run = journal.run

def write_and_die(sql, **values):
    if sys.argv[3] == "after":
        run(sql, **values)
    os.kill(os.getpid(), signal.SIGKILL)

journal.run = write_and_die
base.configure(Settings(testing=True, database_url=sys.argv[1]))
db.connect()
import_billing(Path(sys.argv[2]))
"""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_kill_in_the_correction_of_a_month(
    database: peewee.Database, database_url: str, tmp_path: Path, moment: str
) -> None:
    """At the first write: nothing is in, and tables of what differs are not in the next import's way."""
    import_billing(write(tmp_path / "b.csv", [row(str(n)) for n in range(1, 11)]))
    before = stored()
    file = write(tmp_path / "c.csv", [row(str(n), due=f"{100 + (n % 3 == 0)}.00") for n in range(1, 16)])
    ended = subprocess.run(
        [sys.executable, "-c", KILLED_IN_A_CORRECTION, database_url, str(file), moment],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    assert stored() == before
    (month,) = import_billing(file).periods
    assert (month.new_charges, month.changed_charges) == (5, 3) and len(stored()[1]) == 15
    assert not left_behind(tmp_path)


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


CHECKED = """
import os, signal, sys
from pathlib import Path
from cabinet.billing import importer
from cabinet.models import base
from cabinet.models.database import db
from config import Settings

base.configure(Settings(testing=True, database_url=sys.argv[1]))
db.connect()
if sys.argv[3]:
    setattr(importer, sys.argv[3], lambda *_: os.kill(os.getpid(), signal.SIGKILL))
progress = lambda done: sys.argv[3] or (done > 500_000 and os.kill(os.getpid(), signal.SIGKILL))
importer.import_billing(Path(sys.argv[2]), dry_run=True, progress=progress)
"""


@pytest.mark.sample(4)
@pytest.mark.parametrize("moment", ["", "_fence", "_ask", "_foretell"])
def test_a_check_killed_at_any_moment_changes_nothing(
    database: peewee.Database, database_url: str, tmp_path: Path, moment: str
) -> None:
    """Neither what is in nor what may come; what it left on the disk is cleared by the next one."""
    import_billing(write(tmp_path / "a.csv", rows(50)))
    before, batches = stored(), ImportBatch.select().count()
    file = write(tmp_path / "b.csv", rows(3000))
    ended = subprocess.run(
        [sys.executable, "-c", CHECKED, database_url, str(file), moment], cwd=ROOT, check=False
    )
    assert ended.returncode == -signal.SIGKILL
    assert stored() == before and ImportBatch.select().count() == batches and len(latest_periods()) == 3
    report = import_billing(file, dry_run=True)
    assert report.accepted == 9000 and stored() == before and not left_behind(tmp_path)


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
