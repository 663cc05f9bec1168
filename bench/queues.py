"""What a long queue costs those who look at it: python bench/queues.py [--url postgresql://…] [--rows 300000]

Printed: milliseconds, the median of many, of a claim, of a look of a lane that has nothing to do, of the
worker's look at all lanes, and of a receiver's rest with a look meanwhile and its end: where a tenth of the
rows wait, and where all do. `--url` is an empty database; without it SQLite in a folder that is removed.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from cabinet.models import Message, base, migrations
from cabinet.models.claims import Only
from cabinet.models.database import connected, db, is_sqlite
from cabinet.models.gateway_health import FAILURES
from cabinet.models.receiver import Receiver
from cabinet.worker.lanes import lanes
from cabinet.worker.scout import Scout
from config import Settings

HOOK, FORMER, GOAL = "https://a.example.org/", "https://former.example.org/", 1.1
STAFF, RESIDENTS = Only(for_staff=True), Only(for_staff=False)
COLUMNS = 'id, lane, template, data, locale, created_at, due_at, tries, failures, blank_after, status, "to"'
COLUMNS += ", fault, round, error"
ROUNDS = 200
number = count()


def fill(rows: int) -> None:
    """A third letters to staff, a third events for one webhook, a third for one that settings do not name."""
    kinds = (("mail", "staff/registered", "a@b.ru"), ("webhook", "x", HOOK), ("webhook", "x", FORMER))
    mark = "?" if is_sqlite() else "%s"
    places = ", ".join([mark] * 15)
    for begin in range(0, rows, 3000):
        with db.atomic():
            for n in range(begin, min(rows, begin + 3000)):
                channel, template, to = kinds[n % 3]
                moment = base.now()
                data = ("{}", "ru", moment, moment, 0, 0, False, "", to, "", 0, "")
                values = [f"{next(number):022}", channel, template, *data]
                db.execute_sql(f"INSERT INTO message ({COLUMNS}) VALUES ({places})", values)
    if not is_sqlite():
        db.execute_sql("ANALYZE message")


def rest() -> None:
    """A receiver is left alone, who sends for it looks, and it works again."""
    mail = Receiver("mail")
    for _ in range(FAILURES):
        mail.failed("down")
    assert Message.claim_next("mail", STAFF) is None and mail.rest()
    mail.worked()


def works(settings: Settings) -> dict[str, Callable[[], object]]:
    """What is measured."""
    scout, former = Scout(lanes(settings)), Only(not_to=(HOOK,))
    return {
        "claim of a letter": lambda: Message.claim_next("mail", STAFF),
        "claim of an event": lambda: Message.claim_next("webhook", Only(to=HOOK)),
        "claim for a former webhook": lambda: Message.claim_next("webhook", former),
        "look of an idle lane": lambda: Message.claim_next("mail", RESIDENTS),
        "look at all lanes": scout.look,
        "a rest and its end": rest,
    }


def measured(works: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Milliseconds of each."""
    took: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, work in works.items():
            begin = time.perf_counter()
            work()
            took.setdefault(name, []).append((time.perf_counter() - begin) * 1e3)
    return {name: statistics.median(each) for name, each in took.items()}


def main(rows: int) -> None:
    """Measure at a tenth, then at all."""
    with connected():
        migrations.upgrade()
        fill(rows // 10)
        work = works(base.settings())
        few = measured(work)
        fill(rows - rows // 10)
        many = measured(work)

    print(f"{rows // 10} and {rows} messages wait; goal: × {GOAL} at most")
    for name, before in few.items():
        print(f"{name}: {before:.3f} ms, {many[name]:.3f} ms (× {many[name] / before:.2f})")


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
