"""How long each list of the staff's takes at a million residents and 100 000 requests, in SQLite.

    python bench/staff_lists.py [--residents 1000000] [--requests 100000]

Every list is to answer within 100 ms; the median of five is printed, of the first page and of one far down.
"""

import argparse
import statistics
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from cabinet import create_app, migrating
from cabinet.models import Staff, base
from cabinet.models.user import folded
from cabinet.passwords.hashing import Hasher
from config import Settings

NAMES = ("Иванова", "Петров", "Сидорова", "Кузнецов", "Ёжикова", "Попов", "Щукина", "Фёдоров")
START = datetime(2020, 1, 1)


def fill(residents: int, requests: int) -> None:
    """Raw rows, in one transaction."""
    made = (
        "INSERT INTO user (id, phone, last_name, first_name, middle_name, email, created_at, search_name,"
        " locale) VALUES (?, ?, ?, ?, '', '', ?, ?, 'ru')"
    )
    asked = (
        "INSERT INTO connection_request (number, created_at, state, phone, last_name, first_name,"
        " middle_name, email, city, street, house,"
        " idempotency_key) VALUES (?, ?, ?, ?, ?, 'Анна', '', '', 'Клин', 'Дачная', '3', ?)"
    )
    states = ("new", "in_work", "done", "done", "refused")
    with base.db.atomic():
        cursor = base.db.cursor()
        cursor.executemany(made, (_resident(n) for n in range(residents)))
        cursor.executemany(
            asked,
            (
                (f"{10_000_000 + n}", _at(n), states[n % 5], f"+7916{n:07d}", NAMES[n % 8], f"k{n}")
                for n in range(requests)
            ),
        )
        cursor.executemany(
            "INSERT INTO message (id, lane, template, data, created_at, sent_at)"
            " VALUES (?, 'sms', 'code', '{}', ?, ?)",
            ((f"m{n}", _at(n), _at(n)) for n in range(residents)),
        )
    base.db.execute_sql("ANALYZE")


def _at(n: int) -> str:
    return (START + timedelta(seconds=n * 37, microseconds=1)).isoformat(" ")


def _resident(n: int) -> tuple[object, ...]:
    last, first = f"{NAMES[n % 8]}{n // 8 % 997}", "Анна"
    return (f"u{n:021d}", f"+79{n:09d}", last, first, _at(n), folded(f"{last} {first}"))


def main() -> None:
    """Fill, sign in, ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            testing=True,
            secret_key="x" * 32,
            password_pepper="x" * 16,
            public_url="http://localhost",
            database_url=f"sqlite:///{folder}/bench.db",
            bcrypt_cost=4,
            requests_per_minute=0,
        )
        app = create_app(settings)
        base.db.connect()
        migrating.upgrade()
        fill(options.residents, options.requests)
        staff = Staff.add("a@example.org", "admin", Hasher(settings.password_pepper, 4).hash("x" * 12))
        base.db.close()
        browser = app.test_client()
        with browser.session_transaction() as session:
            session["staff"] = {"id": staff.id, "stamp": staff.stamp, "at": base.now().isoformat()}
        worst = 0.0
        for query in (None, "иванова12", "ёжик", "щ", "+7912345", "+79000012345", "нет такого"):
            with browser.session_transaction() as session:
                session["staff_residents"] = query or ""
            worst = max(worst, measured(browser, "/staff/residents", f"residents «{query or 'newest'}»"))
        half = options.residents // 2
        far = f"/staff/residents?after={_at(half).replace(' ', 'T')}~u{half:021d}"
        with browser.session_transaction() as session:
            session["staff_residents"] = ""
        worst = max(worst, measured(browser, far, "residents, far down"))
        for state in ("new", "in_work", "mine", "done", "refused", "all"):
            worst = max(worst, measured(browser, f"/staff/requests/{state}", f"requests {state}"))
        for path in (
            "messages/dead",
            "messages/waiting",
            "messages/sent",
            "registrations",
            "imports",
            "audit",
        ):
            worst = max(worst, measured(browser, f"/staff/{path}", path))
        print(f"slowest: {worst * 1000:.0f} ms")


def measured(browser, path: str, name: str) -> float:  # type: ignore[no-untyped-def]
    """The median of five answers, seconds; printed."""
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        answer = browser.get(path)
        times.append(time.perf_counter() - begun)
        assert answer.status_code == 200, (path, answer.status_code)
    print(f"{statistics.median(times) * 1000:7.1f} ms  {name}", flush=True)
    return statistics.median(times)


if __name__ == "__main__":
    main()
