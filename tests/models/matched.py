"""Matches requests with all accounts: on SQLite as after an import of them, on PostgreSQL at once."""

from cabinet.billing.matching import match_imported
from cabinet.models import ImportBatch, matching
from cabinet.models.database import db, is_sqlite


def match_requests() -> int:
    """How many were matched."""
    if not is_sqlite():
        return matching.match_requests()
    with db.atomic():
        batch = ImportBatch.create(actor="system", name="b.csv", state="done", fresh=True, matching={})
    matched = match_imported()
    assert ImportBatch.get_by_id(batch.id).matching is None, "it is over"
    return matched
