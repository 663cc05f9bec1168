"""Consents and acceptances: who agreed to which exact text, when and from where. Append-only."""

import hashlib
from functools import lru_cache
from typing import Any

from peewee import CharField, DateTimeField, ForeignKeyField, TextField

from cabinet.models.base import Model, now
from cabinet.models.prepared import Prepared, insert_if


class ConsentText(Model):
    """An exact text that somebody agreed to, archived under its SHA-256."""

    sha256 = CharField(64, primary_key=True)
    kind = CharField(16)
    version = CharField(16)
    text = TextField()


class Consent(Model):
    """One agreement of a phone's holder: kind "consent" (personal data) or "terms".

    `way` is "spoken" where the text was read aloud on the telephone to who agreed, by the member of staff
    `heard_by`; None on a page, which is where they pressed. `registration` is then the id of the invitation.
    """

    id: Any
    sha256: str
    kind = CharField(16)
    version = CharField(16)
    text = ForeignKeyField(ConsentText, column_name="sha256")
    phone = CharField(16, index=True)
    registration = CharField(22, null=True, index=True)
    user_id = CharField(22, null=True, index=True)
    at = DateTimeField(default=now)
    ip = CharField(45)
    user_agent = CharField(300)
    withdrawn_at = DateTimeField(null=True)
    way: Any = CharField(8, null=True)
    heard_by: Any = CharField(22, null=True)

    @classmethod
    def give(
        cls,
        kind: str,
        version: str,
        text: str,
        phone: str,
        registration: str,
        ip: str,
        user_agent: str,
        heard_by: str | None = None,
    ) -> "Consent":
        """Record an agreement to `text`, inside the caller's transaction; spoken where somebody heard it."""
        sha256 = _digest(text)
        consent = cls(
            kind=kind,
            version=version,
            text=sha256,
            phone=phone,
            registration=registration,
            ip=ip,
            user_agent=user_agent[:300],
            way="spoken" if heard_by else None,
            heard_by=heard_by,
        )
        while not insert_if(_ARCHIVED, [sha256], consent):  # the first who agrees to this text
            _archive.changed(sha256, kind, version, text)
        return consent


Consent.add_index(
    Consent.index(Consent.withdrawn_at, where=Consent.withdrawn_at.is_null(False), name="consent_withdrawn")
)


@lru_cache(maxsize=16)  # few texts are in force, each long
def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


_ARCHIVED = "EXISTS (SELECT 1 FROM consent_text WHERE sha256 = ?)"
_archive: Prepared[ConsentText] = Prepared(
    lambda sha256, kind, version, text: ConsentText.insert(
        sha256=sha256, kind=kind, version=version, text=text
    ).on_conflict_ignore()
)
