"""The database: whether it answers and takes writes, its version, its pooler, and who works on it."""

from collections.abc import Iterator
from threading import Thread
from typing import Any

import peewee

from cabinet.doctor.finding import Finding, judged, note, ok, wrong
from cabinet.doctor.others import clock
from cabinet.models import Heartbeat, Message, migrations
from cabinet.models.connections import wait_no_longer_than
from cabinet.models.database import db, is_sqlite
from cabinet.models.failures import reason
from cabinet.models.heartbeat import WORKER_SILENCE
from cabinet.models.lateness import late
from cabinet.models.locks import TRY, lock_names, row_of
from config import Settings

OLDEST = 140000  # PostgreSQL 14
LONGEST = 10.0  # seconds that a question may take: behind a pooler one that hangs lets us in all the same
BESIDE = 3  # connections that a worker has beside its own while it imports or upgrades
HOSTS = """
    SELECT COUNT(DISTINCT COALESCE(HOST(client_addr), '')) FROM pg_stat_activity
    WHERE datname = current_database() AND usename = current_user
"""  # of others one sees no address


def findings(s: Settings) -> Iterator[Finding]:
    """From the connection up to the worker; what needs a missing thing is left out."""
    try:
        wait_no_longer_than(LONGEST)
        with db.connection_context():
            yield ok(f"database answers ({'SQLite' if is_sqlite() else 'PostgreSQL'})")
            if not is_sqlite():
                yield from _server(s)
            if missing := migrations.missing():
                yield wrong(f"migrations missing: {', '.join(missing)}", "run flask --app wsgi db upgrade")
                return
            yield ok("migrations applied")
            if not is_sqlite():
                yield _locks()
            yield _writes()
            yield _worker()
            yield from _messages()
    except (peewee.PeeweeException, ValueError, OSError) as error:
        yield wrong(
            f"database does not answer: {reason(error)}",
            "start it, or correct DATABASE_URL (host, port, name, user, password)",
        )
    finally:
        wait_no_longer_than(None)


def _server(s: Settings) -> Iterator[Finding]:
    version = int(_value("SHOW server_version_num"))
    yield judged(
        version >= OLDEST, f"PostgreSQL {version // 10000}", "upgrade it: 14 is the oldest that is tested"
    )
    encoding = str(_value("SHOW server_encoding"))
    yield judged(encoding == "UTF8", f"encoding {encoding}", "create the database anew WITH ENCODING 'UTF8'")
    yield clock(float(_value("SELECT extract(epoch FROM clock_timestamp())")), "the database's")
    yield from _pooler(s)
    yield _isolation()


def _isolation() -> Finding:
    """What is counted after a lock has to be what others wrote until then; PostgreSQL never reads less."""
    level = str(_value("SHOW default_transaction_isolation"))
    return judged(
        level in ("read uncommitted", "read committed", "serializable"),
        f"transactions are {level}",
        "set default_transaction_isolation = 'read committed' for the database: limits count too little",
    )


def _locks() -> Finding:
    """Limits are exact by them; engines that only speak PostgreSQL's protocol may keep nobody out."""
    got: list[object] = []

    def another() -> None:
        wait_no_longer_than(LONGEST)
        with db.connection_context(), db.atomic():
            got.append(db.execute_sql(TRY, [row_of("doctor")]).fetchone())

    with db.atomic():
        lock_names("doctor")  # whose row may be missing: others see it once it is committed
    with db.atomic():
        lock_names("doctor")
        thread = Thread(target=another)
        thread.start()
        thread.join()
    held = got == [None]
    return judged(
        held,
        f"the database's locks keep {'others' if held else 'nobody'} out",
        "take PostgreSQL itself: on this engine limits of codes and passwords count too little",
    )


def _pooler(s: Settings) -> Iterator[Finding]:
    """A pooler gives a process number of its own when one connects, and the server's when asked."""
    info = db.connection().info
    try:
        with db.atomic():
            pooled = info.backend_pid != _value("SELECT pg_backend_pid()")
    except peewee.PeeweeException:
        yield wrong("the pooler allows no transactions", "set pool_mode = transaction in it")
        return
    if pooled:
        yield ok("a pooler stands between, and allows transactions")
        return
    yield _connections(s)


def _connections(s: Settings) -> Finding:
    """All that the hosts may take at once, one of them while it is reloaded: two servers side by side."""
    most = int(_value("SHOW max_connections")) - int(_value("SHOW superuser_reserved_connections"))
    hosts = max(1, int(_value(HOSTS)))
    web, worker = s.web_processes * s.database_connections, s.database_connections + BESIDE
    may_take = hosts * (web + worker) + web
    text = f"the cabinet may take {may_take} connections of {most}, by the hosts that are connected: {hosts}"
    if may_take <= most:
        return ok(text)
    return note(
        text,
        "put a PgBouncer in transaction mode between, raise max_connections, or lower DATABASE_CONNECTIONS",
    )


def _writes() -> Finding:
    try:
        Heartbeat.beat("doctor")
    except peewee.PeeweeException as error:
        return wrong(
            f"the database takes no writes: {type(error).__name__}",
            "make room on its disk; see that DATABASE_URL does not name a read-only replica",
        )
    return ok("the database takes writes")


def _worker() -> Finding:
    cure = "start flask --app wsgi worker (systemctl start cabinet-worker): nothing is sent without it"
    age = Heartbeat.age("worker")
    if age is None:
        return wrong("worker has never run", cure)
    return judged(age < WORKER_SILENCE, f"worker was alive {age:.0f} s ago", cure)


def _messages() -> Iterator[Finding]:
    if waiting := late():
        text = ", ".join(f"{count} {channel}" for channel, count in waiting.items())
        yield note(
            f"waiting for over five minutes: {text}", "see flask --app wsgi messages list --state waiting"
        )
    dead = int(Message.select().where(Message.dead()).count())
    if dead:
        yield note(f"{dead} messages were given up", "see flask --app wsgi messages list --state dead")


def _value(query: str) -> Any:
    return db.execute_sql(query).fetchone()[0]
