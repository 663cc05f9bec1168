"""How long erasing a resident keeps writers waiting: python bench/erasure.py [--url …] [--rows 1000000]

Among a million messages and registrations, and twice as many rows of the journal, somebody has left a
thousand of each kind: messages to them and about them, attempts, events, visits. They are erased as the
worker does it, while another process writes a row each few milliseconds. Printed are the longest that it
waited, and of the erasure's transactions, of the longest and of the hardest: milliseconds, those of the
processor (PostgreSQL's included), rows written, and the statement that took most. None is to last longer than
50 ms; on a busy machine the processor's are what counts.

`--url` is an empty database, or one that this has filled; without it SQLite in a folder that is removed.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from bench.support.staff_rows import LETTERS, NAME, NUMBERS, ROWS, SERIES, WORDS
from cabinet.models import AccountEvent, Attempt, Audit, Message, User, base, departure, migrations
from cabinet.models.database import connected, db, is_sqlite
from cabinet.models.erasure import cleared
from config import Settings

GOAL = 50  # milliseconds
DRAFTS = (
    "registration",
    False,
    "id, phone, locale, created_at, last_name, first_name, middle_name, email",
    "'r' || (1000000000 + i), '+7' || (9000000000 + i), 'ru', {at}, '', '', '', ''",
)
LEFT = 1000  # rows of each kind
PHONE, PAUSE = "+79161234567", 0.003  # seconds between two rows of the writer


def fill(rows: int) -> None:
    """Messages, registrations and the journal of others."""
    kind = "sqlite" if is_sqlite() else "postgres"
    common = {**WORDS[kind], "name": NAME, "letters": LETTERS, "folded": NAME, "staff": "s"}
    for table, double, columns, values in (DRAFTS, *ROWS):
        if table in ("message", "audit") or columns == DRAFTS[2]:
            numbers = (NUMBERS if is_sqlite() else SERIES).format(last=rows * (1 + double) - 1)
            insert, chosen = f"INSERT INTO {table} ({columns})", f"SELECT {values.format(**common)} FROM n"
            sql = f"{numbers} {insert} {chosen}" if is_sqlite() else f"{insert} {numbers} {chosen}"
            with db.atomic():
                db.execute_sql(sql if is_sqlite() else sql.replace("%", "%%"))
    db.execute_sql("ANALYZE" if is_sqlite() else "VACUUM (ANALYZE)")


def leave_traces() -> User:
    """A resident who has left rows of each kind."""
    at = base.now() - timedelta(days=1)
    with db.atomic():
        user = User.add(phone=PHONE, last_name="Уходящая", email="leaves@example.org")
        over = {"template": "registered", "created_at": at, "due_at": None, "sent_at": at}
        for _ in range(LEFT // 100):
            for model, row in (
                (Message, {"channel": "sms", "to": PHONE, **over}),
                (Message, {"channel": "webhook", "to": "hook", "data": {"user": user.id}, **over}),
                (Attempt, {"kind": "code-phone", "subject": PHONE, "at": at}),
                (AccountEvent, {"kind": "signed-in", "phone": PHONE, "user_id": user.id, "at": at}),
                (Audit, {"action": "signed-in", "actor": f"user:{user.id}", "ip": "192.0.2.1", "at": at}),
            ):
                written: Any = model
                written.insert_many(
                    [{**row, **({"id": base.new_id()} if model is Message else {})} for _ in range(100)]
                ).execute()
    return user


@dataclass
class Held:
    """One transaction: how long it lasted, how long processors were at work for it, what it wrote."""

    wall: float
    cpu: float
    rows: int
    most: tuple[float, str] = (0, "")


@contextmanager
def transactions() -> Iterator[list[Held]]:
    """Those of the block."""
    found: list[Held] = []
    begin, commit, execute = db.obj.begin, db.obj.commit, db.obj.execute_sql

    def now() -> tuple[float, float]:
        return time.perf_counter() * 1000, time.thread_time() * 1000 + _server()

    def begun(*told: Any) -> Any:
        answer = begin(*told)
        found.append(Held(*now(), 0))
        return answer

    def committed() -> Any:
        answer, held = commit(), found[-1]
        wall, cpu = now()
        held.wall, held.cpu = wall - held.wall, cpu - held.cpu
        return answer

    def executed(sql: str, params: Any = None) -> Any:
        before = now()[1]
        cursor = execute(sql, params)
        if found:
            found[-1].most = max(found[-1].most, (now()[1] - before, sql))
            if sql.startswith(("DELETE", "UPDATE", "INSERT")):
                found[-1].rows += max(cursor.rowcount, 0)
        return cursor

    db.obj.begin, db.obj.commit, db.obj.execute_sql = begun, committed, executed
    try:
        yield found
    finally:
        db.obj.begin, db.obj.commit, db.obj.execute_sql = begin, commit, execute


def _server() -> float:
    """Milliseconds for which PostgreSQL's process of this connection has been at work; it is on this host."""
    if is_sqlite():
        return 0
    process = db.obj.connection().info.backend_pid
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e6


def write(url: str) -> None:
    """Write rows until nobody reads what is told; tell of each how long it took."""
    configure(url)
    with connected():
        while True:
            begun = time.perf_counter()
            with db.atomic():
                Attempt.add(("code-phone", "+79000000000"))
            print((time.perf_counter() - begun) * 1000, flush=True)
            time.sleep(PAUSE)


def measure(url: str, rows: int) -> float:
    """Fill, erase, print; the processor's milliseconds of the longest transaction."""
    configure(url)
    with connected():
        migrations.upgrade()
        if not Message.select().exists():
            fill(rows)
        user = leave_traces()
        writer = subprocess.Popen(
            [sys.executable, __file__, "--write", url], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout
        writer.stdout.readline()
        begun = time.perf_counter()
        with transactions() as held:
            found = cleared(user)
            with db.atomic():
                departure.erase(user, found)
        took = time.perf_counter() - begun
        time.sleep(max(one.wall for one in held) / 1000)  # the last row waited as long, at most
        writer.terminate()
        waits = [float(line) for line in writer.stdout if line.endswith("\n")]
    longest = max(held, key=lambda one: one.wall)
    hardest = max(held, key=lambda one: one.cpu)
    print(
        f"{took:.1f} s, {len(held)} transactions; the longest {_told(longest)}; the hardest {_told(hardest)}"
    )
    print(f"of {len(waits)} rows meanwhile the slowest took {max(waits):.0f} ms, goal {GOAL} ms")
    return hardest.cpu


def _told(held: Held) -> str:
    most, sql = held.most
    told = f"{held.wall:.0f} ms, {held.cpu:.0f} of the processor, {held.rows} rows"
    return f"{told}, {most:.0f} ms for {sql[:80]}…"


def configure(url: str) -> None:
    """Settings of a database alone."""
    base.configure(Settings(testing=True, secret_key="x" * 32, password_pepper="x" * 16, database_url=url))


def main() -> None:
    """Exit code 1 where a transaction is at work for longer than the goal."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--write", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write:
        write(options.write)
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(measure(options.url or f"sqlite:///{folder}/bench.db", options.rows) > GOAL)


if __name__ == "__main__":
    main()
