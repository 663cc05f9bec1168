"""What columns of billing files mean that nobody knew, as staff said once; found again by their layout."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from peewee import CharField, DateTimeField, JSONField

from cabinet.models.audit import Audit
from cabinet.models.base import Model, now
from cabinet.models.database import db


class ColumnMap(Model):
    """One layout: its `titles` as they stood in the file, and in `columns` our field for each of them.

    `key` and the keys of `columns` are those of `cabinet.billing.mapping`; "" is a column not to be taken.
    `made_by` is who said so, as in the audit. No row of a file is in it.
    """

    key = CharField(32, primary_key=True)
    titles: Any = JSONField()
    columns: Any = JSONField()
    made_by = CharField(64)
    made_at = DateTimeField(default=now)

    @classmethod
    def find(cls, key: str) -> "ColumnMap | None":
        """The one of a layout, if any."""
        found: ColumnMap | None = cls.get_or_none(cls.key == key)
        return found

    @property
    def said(self) -> dict[str, Any]:
        """As an `ImportJob` keeps it for itself."""
        said = {"titles": self.titles, "columns": self.columns}
        return {**said, "by": self.made_by, "at": self.made_at.isoformat(), "saved": True}

    @classmethod
    def keep(cls, key: str, said: Mapping[str, Any], actor: str, ip: str = "") -> None:
        """Save for the next time what a job was told, in place of what was saved; `actor` says to do so."""
        values: dict[str, Any] = {
            "titles": said["titles"],
            "columns": said["columns"],
            "made_by": said["by"],
            "made_at": datetime.fromisoformat(said["at"]),
        }
        with db.atomic():
            cls.insert(key=key, **values).on_conflict(conflict_target=[cls.key], update=values).execute()
            Audit.record("columns-saved", actor, key, ip)

    @classmethod
    def forget(cls, key: str, actor: str, ip: str = "") -> bool:
        """Do not use it any more; False when it is gone already. Files that were checked with it keep it."""
        with db.atomic():
            gone = bool(cls.delete().where(cls.key == key).execute())
            if gone:
                Audit.record("columns-forgotten", actor, key, ip)
            return gone
