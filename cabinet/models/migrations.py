"""Migrations: numbered files in `migrations/`, each applied once, in order, in a separate transaction."""

from typing import TYPE_CHECKING

from cabinet.models.alone import alone
from cabinet.models.database import db
from config import ROOT

if TYPE_CHECKING:
    from cabinet.models.migration_runner import Migrations

FOLDER = ROOT / "migrations"


def upgrade(last: str | None = None) -> list[str]:
    """Apply what is missing, up to `last`, and return the names applied. The connection must be open."""
    with alone("upgrade"):  # the others wait, and then find nothing to do
        return list(_runner().up(last))


def status() -> list[tuple[str, bool]]:
    """Every migration by name, and whether it is applied. The connection must be open."""
    return [(row.name, row.applied is not None) for row in _runner().status()]


def missing() -> list[str]:
    """The names of those that are to be applied yet. The connection must be open."""
    return [name for name, applied in status() if not applied]


def _runner() -> "Migrations":
    # with much else; what only asks for a table needs none of it
    from cabinet.models.migration_runner import Migrations

    return Migrations(db.obj, str(FOLDER))
