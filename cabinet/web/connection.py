"""This request's connection to the database."""

import peewee
from flask import g, request

from cabinet.models.base import settings
from cabinet.models.connections import connect_when_asked, wait_no_longer_than
from cabinet.models.database import db

AWAY = (peewee.OperationalError, peewee.InterfaceError)  # what a database raises that is out of reach
HASHING = ("/login/password", "/login/new-password", "/register/password")
WITHOUT = ("/healthz", "/readyz", "/embed.js", "/accent/")  # they have no session, and bear its absence


def needs_database() -> bool:
    """Whether this request has a session and may ask the database."""
    return not request.path.startswith(WITHOUT)


def hashes_password() -> bool:
    """Whether this request is to have a password hashed, so that it is of no use where there is no place."""
    return request.method == "POST" and request.path in HASHING


def connect() -> None:
    """Have the database open when this request first asks it, which may raise one of AWAY; until it ends."""
    wait_no_longer_than(settings().database_timeout_ms / 1000)
    connect_when_asked(True)
    g.opens_database = db.is_closed()


def disconnect(_error: BaseException | None = None) -> None:
    """Close the database, if this request opened it."""
    if g.pop("opens_database", False) and not db.is_closed():
        db.close()
    connect_when_asked(False)
    wait_no_longer_than(None)
