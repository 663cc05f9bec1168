"""How things stand where a test waits in vain: no codes, no passwords, no phones."""

import subprocess
from collections.abc import Iterable, Mapping

from cabinet.models import Message
from cabinet.models.base import now
from cabinet.models.database import db, is_sqlite

SESSIONS = """
    SELECT pid, state, wait_event_type, wait_event, now() - state_change, left(query, 100)
    FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
COUNTED = "SELECT kind, COUNT(*), COUNT(DISTINCT subject) FROM attempt GROUP BY kind ORDER BY kind"


def standing(processes: "Mapping[str, subprocess.Popen[bytes]]") -> str:
    """The processes, the first messages that are not over, what limits count, and who works on PostgreSQL."""
    found: dict[str, Iterable[object]] = {
        "exit codes": [(name, process.poll()) for name, process in processes.items()],
        "messages": map(_of, Message.select().where(Message.waiting()).order_by(Message.due_at).limit(20)),
        "attempts of a kind, subjects": db.execute_sql(COUNTED).fetchall(),
        "sessions": () if is_sqlite() else db.execute_sql(SESSIONS).fetchall(),
    }
    return "\n".join(f"{name}: {one}" for name, every in found.items() for one in every)


def _of(message: Message) -> tuple[object, ...]:
    due = message.due_at and f"due in {(message.due_at - now()).total_seconds()} s"
    tries = f"{message.tries} tries, {message.failures} failed"
    return message.channel, message.template, due, message.claim, tries, message.error
