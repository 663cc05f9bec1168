"""Chains the rows of the audit by digests, so that one that is changed or removed later shows.

Who writes a row waits for nobody: rows are chained a moment later, in the order of their ids, by whoever
holds the only row of `audit_head`. That order is the row's `place`; its digest covers that of the row before.
The digests are keyed by PASSWORD_PEPPER, which never changes and is not in the database: who can write there
cannot chain anew.
"""

import hashlib
import hmac
import json
import secrets
from datetime import timedelta
from typing import Any

from peewee import BigIntegerField, CharField, IntegerField

from cabinet.models.audit import SALT, Audit
from cabinet.models.base import Model, now, settings
from cabinet.models.database import db, is_sqlite
from cabinet.models.prepared import execute

BATCH = 500  # rows of a transaction: SQLite's other writers wait for it
BEGIN = "0" * 64


class AuditHead(Model):
    """The ends of the chain: the last row, and the last that was dropped for its age. One row, with id 1."""

    id = IntegerField(primary_key=True, default=1)
    base = BigIntegerField(default=0)
    base_digest = CharField(64, default=BEGIN)
    place = BigIntegerField(default=0)
    digest = CharField(64, default=BEGIN)
    seal = CharField(64, default="")

    @property
    def mark(self) -> str:
        """The end of the chain as one writes it down: place and digest."""
        return f"{self.place}:{self.digest}"

    def right_seal(self) -> str:
        """What the seal must be."""
        return _keyed("head", self.base, self.base_digest, self.place, self.digest)

    @classmethod
    def held(cls) -> "AuditHead":
        """The row, for this transaction alone."""
        cls.insert(id=1, seal=cls().right_seal()).on_conflict_ignore().execute()
        rows = cls.select().where(cls.id == 1)
        return (rows if is_sqlite() else rows.for_update()).get()


def seal() -> int:
    """Chain the rows that are not yet; returns how many."""
    total = 0
    while (done := _seal_some()) == BATCH:
        total += done
    return total + done


def _seal_some() -> int:
    if not _unchained().exists():
        return 0
    with db.atomic():
        head = AuditHead.held()
        query = _unchained().order_by(Audit.id).limit(BATCH)
        rows = list(query if is_sqlite() else query.for_update())
        if rows:
            _chain(head, rows)
    return len(rows)


def _unchained() -> Any:
    return Audit.select().where(Audit.place.is_null())


def _chain(head: AuditHead, rows: list[Audit]) -> None:
    values: list[Any] = []
    for row in rows:
        salt = secrets.token_hex(SALT // 2) if row.ip else ""
        row.ip_seal = salt + ip_digest(salt, row.ip)
        head.place, head.digest = head.place + 1, digest_of(row, head.place + 1, head.digest)
        values += [row.id, head.place, head.digest, row.ip_seal]
    places = ", ".join(["(?, ?, ?, ?)"] * len(rows))
    execute(
        f"WITH made(id, place, digest, ip_seal) AS (VALUES {places}) UPDATE audit"  # noqa: S608
        " SET place = CAST(made.place AS BIGINT), digest = made.digest, ip_seal = made.ip_seal"
        " FROM made WHERE audit.id = CAST(made.id AS BIGINT)",
        values,
    )
    _put(head)


def _put(head: AuditHead) -> None:
    head.seal = head.right_seal()
    head.save()


def digest_of(row: Audit, place: int, previous: str) -> str:
    """The digest of a row that stands behind the one with the digest `previous`."""
    parts = (row.at.isoformat(), row.actor, row.action, row.subject, row.detail)
    return _keyed("row", previous, place, row.id, *parts, (row.ip_seal or "")[-SALT:])


def ip_digest(salt: str, ip: str) -> str:
    """Says nothing of the address once the salt is gone."""
    return _keyed("ip", salt, ip)[:SALT] if ip else ""


def _keyed(*parts: Any) -> str:
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hmac.new(_key(), text.encode(), hashlib.sha256).hexdigest()


def _key() -> bytes:
    return hmac.digest(settings().password_pepper.encode(), b"audit", "sha256")


def drop_old() -> int:
    """Delete rows past AUDIT_KEPT, the oldest first; the chain then begins behind the last of them."""
    gone, before = 0, now() - timedelta(seconds=settings().audit_kept)
    while (some := _drop_some(before)) == BATCH:
        gone += some
    return gone + some


def _drop_some(before: Any) -> int:
    with db.atomic():
        head = AuditHead.held()
        first = Audit.place.between(head.base + 1, head.base + BATCH)
        old: list[Audit] = []
        for row in Audit.select().where(first).order_by(Audit.place):
            if row.at >= before or row.place != head.base + len(old) + 1:
                break
            old.append(row)
        if old:
            Audit.delete().where(Audit.place.between(head.base + 1, old[-1].place)).execute()
            head.base, head.base_digest = old[-1].place, old[-1].digest
            _put(head)
    return len(old)
