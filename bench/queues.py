"""What a long queue costs those who look at it: python bench/queues.py [--url postgresql://…] [--rows 300000]

Printed of a claim, of a look of a lane that has nothing to do, of the worker's look at all lanes, and of the
rest of a receiver and of all gateways with a look meanwhile and its end, where a tenth of the rows wait and
where all do: the median of the milliseconds, and of the work of the database, which no neighbour disturbs. It
is what the goal is about: pages that PostgreSQL looks at, steps of SQLite's machine.

`--url` is an empty database; without it SQLite in a folder that is removed.
"""

import argparse
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from cabinet.models import Message, base, migrations
from cabinet.models.choosing import Only
from cabinet.models.database import connected, db, is_sqlite
from cabinet.models.gateway_health import FAILURES, GatewayHealth
from cabinet.models.receiver import Receiver
from cabinet.worker.lanes import lanes
from cabinet.worker.scout import Scout
from config import Settings

HOOK, FORMER, GOAL = "https://a.example.org/", "https://former.example.org/", 1.1
STAFF, RESIDENTS, SMS = Only(for_staff=True), Only(for_staff=False), Only(gateways=("inbox",))
COLUMNS = 'id, lane, template, data, locale, created_at, due_at, tries, failures, blank_after, status, "to"'
COLUMNS += ", fault, round, error"
KINDS = (
    ("mail", "staff/registered", "a@b.ru"),
    ("webhook", "x", HOOK),
    ("webhook", "x", FORMER),
    ("sms", "password_changed", "+79161234567"),
)
ROUNDS = 200
PAGES = """SELECT SUM(heap_blks_hit + heap_blks_read + COALESCE(idx_blks_hit + idx_blks_read, 0))
FROM pg_statio_user_tables"""
number = count()


def fill(rows: int) -> None:
    """A quarter letters to staff, a quarter events for one webhook, for one of before, and notices by SMS.

    What was claimed before is over. Then PostgreSQL is as on a day that is like the day before: it knows how
    much there is.
    """
    with db.atomic():
        Message.update(due_at=None, claim=None, sent_at=base.now()).where(
            Message.claim.is_null(False)
        ).execute()
    mark = "?" if is_sqlite() else "%s"
    places = ", ".join([mark] * 15)
    for begin in range(0, rows, 3000):
        with db.atomic():
            for n in range(begin, min(rows, begin + 3000)):
                channel, template, to = KINDS[n % len(KINDS)]
                moment = base.now()
                data = ("{}", "ru", moment, moment, 0, 0, False, "", to, "", 0, "")
                values = [f"{next(number):022}", channel, template, *data]
                db.execute_sql(f"INSERT INTO message ({COLUMNS}) VALUES ({places})", values)
    if not is_sqlite():
        db.execute_sql("VACUUM (ANALYZE) message")


def rest() -> None:
    """A receiver is left alone, who sends for it looks, and it works again."""
    mail = Receiver("mail")
    for _ in range(FAILURES):
        mail.failed("down")
    assert Message.claim_next("mail", STAFF) is None and mail.rest()
    mail.worked()


def rest_of_gateways() -> None:
    """The same of all gateways for SMS."""
    for _ in range(FAILURES):
        GatewayHealth.failed("inbox", "down")
    assert Message.claim_next("sms", SMS) is None
    GatewayHealth.worked("inbox")


def works(settings: Settings) -> dict[str, Callable[[], object]]:
    """What is measured."""
    scout, former = Scout(lanes(settings)), Only(not_to=(HOOK,))
    return {
        "claim of a letter": lambda: Message.claim_next("mail", STAFF),
        "claim of an event": lambda: Message.claim_next("webhook", Only(to=HOOK)),
        "claim for a former webhook": lambda: Message.claim_next("webhook", former),
        "claim of an SMS": lambda: Message.claim_next("sms", SMS),
        "look of an idle lane": lambda: Message.claim_next("mail", RESIDENTS),
        "look at all lanes": scout.look,
        "a rest and its end": rest,
        "a rest of all gateways": rest_of_gateways,
    }


@contextmanager
def effort() -> Iterator[list[int]]:
    """What the database does meanwhile."""
    done = [0]
    if is_sqlite():
        connection: sqlite3.Connection = db.obj.connection()

        def step() -> int:
            done[0] += 1
            return 0

        connection.set_progress_handler(step, 1)
        yield done
        connection.set_progress_handler(None, 1)
        return
    before = _pages()
    yield done
    done[0] = _pages() - before


def _pages() -> int:
    db.execute_sql("SELECT pg_stat_force_next_flush()")
    return int(db.execute_sql(PAGES).fetchone()[0])


def measured(works: dict[str, Callable[[], object]]) -> dict[str, tuple[float, float]]:
    """Milliseconds and effort of each, which are not measured at once: to count takes time."""
    took: dict[str, list[float]] = {name: [] for name in works}
    made: dict[str, list[int]] = {name: [] for name in works}
    for turn in range(ROUNDS):
        for name, work in works.items():
            if turn % 4 == 0:
                with effort() as done:
                    work()
                made[name].append(done[0])
                continue
            begin = time.perf_counter()
            work()
            took[name].append((time.perf_counter() - begin) * 1e3)
    return {name: (statistics.median(took[name]), statistics.median(made[name])) for name in works}


def main(rows: int) -> None:
    """Measure at a tenth, then at all."""
    with connected():
        migrations.upgrade()
        fill(rows // 10)
        work = works(base.settings())
        few = measured(work)
        fill(rows - rows // 10)
        many = measured(work)

    unit = "steps" if is_sqlite() else "pages"
    print(f"{rows // 10} and {rows} messages wait; goal: × {GOAL} of the {unit} at most")
    for name, (before, done_before) in few.items():
        after, done = many[name]
        ratio = done / max(1, done_before)
        said = f"× {ratio:.2f}, {'held' if ratio <= GOAL else 'missed'}"
        print(f"{name}: {done_before:.0f} and {done:.0f} {unit} ({said}); {before:.3f} and {after:.3f} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", default="")
    parser.add_argument("--rows", type=int, default=300_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        where = given.url or f"sqlite:///{folder}/queues.db"
        named = {"staff_webhooks": (HOOK,), "public_url": "http://localhost", "secret_key": "k" * 40}
        base.configure(Settings(database_url=where, **named))  # type: ignore[arg-type]
        main(given.rows)
