"""This request's connection to the database."""

import time

from flask import has_app_context

from cabinet.models.base import settings
from cabinet.models.connections import commits, connect_when_asked, wait_no_longer_than
from cabinet.models.database import db, is_sqlite
from cabinet.models.unit import LEAST, remember_by
from cabinet.web.current import g, request

HASHING = ("/login/password", "/login/new-password", "/register/password")
# what has no session, and connects by itself
WITHOUT = ("/healthz", "/readyz", "/metrics", "/embed.js", "/accent/", "/api/")

UNTIL, COMMITS = "cabinet.until", "cabinet.commits"  # in the environment of a request: when it is to be
# answered, and how many commits its thread had made before


def needs_database() -> bool:
    """Whether this request has a session, which asks the database."""
    return not request.path.startswith(WITHOUT)


def hashes_password() -> bool:
    """Whether this request is to have a password hashed, so that it is of no use where there is no place."""
    return request.method == "POST" and request.path in HASHING


def connect() -> None:
    """Have the database open when this request first asks it, which may raise one of AWAY; until it ends."""
    until = request.environ.setdefault(UNTIL, time.monotonic() + settings().database_timeout_ms / 1000)
    request.environ.setdefault(COMMITS, commits())
    wait_no_longer_than(max(LEAST, until - time.monotonic()))
    connect_when_asked(True)
    g.opens_database = db.is_closed()


def let_go() -> None:
    """Let others have this request's connection to PostgreSQL while it waits; it asks for another after.

    SQLite has no number of them to share, and to open one costs more than to hold it.
    """
    if is_sqlite() or not has_app_context() or not g.get("opens_database"):
        return
    if not db.is_closed() and not db.in_transaction():
        db.close()


def disconnect(_error: BaseException | None = None) -> None:
    """Close the database, if this request opened it."""
    if g.pop("opens_database", False) and not db.is_closed():
        db.close()
    connect_when_asked(False)
    remember_by(None)
    wait_no_longer_than(None)
