"""Units of work on a real PostgreSQL that fails: what is cut or refused is done once, and only once."""

import threading
from collections.abc import Callable

import peewee
import psycopg
import pytest

from cabinet.models import Attempt, Heartbeat, Message, Staff
from cabinet.models.database import connected, db
from cabinet.models.failures import UnknownOutcomeError
from cabinet.models.unit import keyed, unit
from tests.cast import resident
from tests.databases import disconnect
from tests.faults.sabotage import lost_commits, terminate
from tests.postgres_server import direct
from tests.waiting import PATIENCE

pytestmark = pytest.mark.postgres


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """SQLite has none of these troubles: its writers queue."""
    return postgres_url


def count() -> int:
    return Attempt.select().count()


def own_pid() -> int:
    return int(db.execute_sql("SELECT pg_backend_pid()").fetchone()[0])


def test_a_serialization_failure_of_the_server_is_tried_again(
    database: peewee.Database, database_url: str
) -> None:
    user = resident()
    tries: list[str] = []

    def work() -> None:
        db.execute_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        tries.append(type(user).get_by_id(user.id).first_name)
        if len(tries) == 1:
            with psycopg.connect(direct(database_url)) as other:
                other.execute("UPDATE \"user\" SET first_name = 'Вера'")
        type(user).update(last_name="Новая").execute()

    unit(work)
    assert tries == ["Анна", "Вера"], "all was read anew"
    assert type(user).get_by_id(user.id).last_name == "Новая"


def test_a_failure_that_shows_at_the_commit_is_tried_again(
    database: peewee.Database, database_url: str
) -> None:
    """Two that read what the other writes; PostgreSQL tells the second when it commits."""
    tries: list[int] = []

    def work() -> None:
        db.execute_sql("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
        seen = count()
        Attempt.add(("unit", f"ours {seen}"))
        tries.append(seen)
        if len(tries) == 1:
            with psycopg.connect(direct(database_url)) as other:
                other.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")
                other.execute("SELECT count(*) FROM attempt")
                other.execute("INSERT INTO attempt (kind, subject, at) VALUES ('unit', 'theirs', now())")

    unit(work)
    assert tries == [0, 1]
    assert sorted(row.subject for row in Attempt.select()) == ["ours 1", "theirs"]


def test_of_two_in_a_deadlock_both_end(database: peewee.Database) -> None:
    with db.atomic():
        one, other = Attempt.add(("unit", "one"), ("unit", "other"))
    met, failures = threading.Barrier(2), []

    def lock_both(first: int, second: int) -> None:
        waited: list[int] = []

        def work() -> None:
            db.execute_sql("SET LOCAL deadlock_timeout = '20ms'")
            Attempt.update(kind="locked").where(Attempt.id == first).execute()
            if not waited:
                waited.append(1)
                met.wait(PATIENCE)
            Attempt.update(subject=Attempt.subject.concat("!")).where(Attempt.id == second).execute()

        try:
            with connected():
                unit(work)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=lock_both, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not failures
    assert sorted(row.subject for row in Attempt.select()) == ["one!", "other!"]


@pytest.mark.parametrize("when", ["before the first statement", "between two", "before the commit"])
def test_a_session_that_is_ended_before_the_commit_is_replaced(
    database: peewee.Database, database_url: str, when: str
) -> None:
    tries: list[int] = []

    def work() -> None:
        tries.append(1)
        if len(tries) == 1 and when.startswith("before the first"):
            terminate(database_url, own_pid())
        Attempt.add(("unit", "one"))
        if len(tries) == 1 and when == "between two":
            terminate(database_url, own_pid())
        Attempt.add(("unit", "other"))
        if len(tries) == 1 and when == "before the commit":
            terminate(database_url, own_pid())

    unit(work)
    assert len(tries) == 2 and count() == 2


def test_a_session_that_is_ended_after_the_commit_does_no_harm(
    database: peewee.Database, database_url: str
) -> None:
    unit(lambda: Attempt.add(("unit", "one")))
    terminate(database_url, own_pid())
    unit(lambda: Attempt.add(("unit", "other")))
    assert count() == 2


def test_who_opened_a_connection_closes_the_one_that_took_its_place(
    database: peewee.Database, database_url: str
) -> None:
    disconnect()
    with db.connection_context():
        terminate(database_url, own_pid())
        unit(lambda: Attempt.add(("unit", "one")))
    assert db.is_closed() and db.obj.used == 0


def test_a_standby_is_left_for_the_server_that_took_over(database: peewee.Database) -> None:
    """After a failover the old connection may lead to a server that only reads."""
    connections: list[object] = []

    def work() -> None:
        connections.append(db.connection())
        if len(connections) == 1:
            db.execute_sql("SET TRANSACTION READ ONLY")
        Attempt.add(("unit", "one"))

    unit(work)
    assert count() == 1 and connections[0] is not connections[1]


@pytest.mark.parametrize("done", [True, False])
def test_a_commit_of_unknown_outcome_is_not_repeated(
    database: peewee.Database, database_url: str, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    commits = lost_commits(monkeypatch, database_url, done=done)
    with pytest.raises(UnknownOutcomeError):
        unit(lambda: Attempt.add(("unit", "one")))
    assert len(commits) == 1
    db.obj.reconnect()
    assert count() == done


@pytest.mark.parametrize("done", [True, False])
def test_it_is_repeated_by_what_knows_itself(
    database: peewee.Database, database_url: str, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    lost_commits(monkeypatch, database_url, done=done)

    @keyed
    def once() -> bool:
        if Attempt.select().where(Attempt.subject == "key").exists():
            return False
        Attempt.add(("unit", "key"))
        return True

    assert once() is not done
    assert count() == 1


def test_commands_and_the_worker_share_it(database: peewee.Database, database_url: str) -> None:
    """Each of these is ended in the middle and succeeds."""
    with db.atomic():
        message = Message.enqueue("mail", "registered", to="anna@example.org")
    done: list[Callable[[], object]] = [
        lambda: Staff.add("anna@example.org", "clerk", "hash"),
        lambda: Heartbeat.beat("worker"),
        lambda: message._mine(error="later"),
        lambda: Message.retry_all(),
    ]
    for work in done:
        terminate(database_url, own_pid())
        work()
    assert Staff.select().count() == Heartbeat.select().count() == 1
