"""Consents: to which exact text, by whom, from where."""

import hashlib

from peewee import Database

from cabinet.models import Consent, ConsentText
from cabinet.models.database import db
from tests.cast import PHONE
from tests.models.clock import after, moment


def test_an_agreement_names_the_exact_text(database: Database) -> None:
    with after(), db.atomic():
        Consent.give("terms", "2", "Всё ясно", PHONE, "registration", "192.0.2.1", "b" * 301)
    row, digest = Consent.get(), hashlib.sha256("Всё ясно".encode()).hexdigest()
    assert (row.kind, row.version, row.sha256, row.phone) == ("terms", "2", digest, PHONE)
    assert (row.registration, row.ip, row.user_agent) == ("registration", "192.0.2.1", "b" * 300)
    assert (row.at, row.withdrawn_at, row.user_id) == (moment(0), None, None)
    text = ConsentText.get()
    assert (text.sha256, text.kind, text.version, text.text) == (digest, "terms", "2", "Всё ясно")


def test_a_text_is_archived_once(database: Database) -> None:
    with db.atomic():
        for registration in ("a", "b"):
            Consent.give("terms", "2", "text", PHONE, registration, "", "")
        Consent.give("terms", "3", "another text", PHONE, "c", "", "")
    assert Consent.select().count() == 3 and ConsentText.select().count() == 2
