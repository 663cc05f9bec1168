"""Whether this host can serve: the database answers, has this version's tables and takes a write."""

import time

import peewee

from cabinet.models import migrations
from cabinet.models.database import db
from cabinet.models.heartbeat import Heartbeat

TRUSTED = 5  # seconds that a write which succeeded speaks for the next ones


class Readiness:
    """What one process knows of it, so that nobody can keep the disk busy by asking."""

    def __init__(self) -> None:
        self._migrated = False  # it stays so
        self._written = float("-inf")  # when the last write succeeded, by the monotonic clock

    def missing(self) -> str:
        """What keeps this host from serving: "database", "schema", "write", or "" for nothing.

        "schema" says that `db upgrade` has not been run since this version was installed. The connection
        must be open.
        """
        try:
            self._migrated = self._migrated or not migrations.missing()
            db.execute_sql("SELECT 1")
        except peewee.PeeweeException:
            return "database"
        if not self._migrated:
            return "schema"
        return "" if self._takes_a_write() else "write"

    def _takes_a_write(self) -> bool:
        if time.monotonic() - self._written > TRUSTED:
            try:
                Heartbeat.beat("web")
            except peewee.PeeweeException:
                return False
            self._written = time.monotonic()
        return True
