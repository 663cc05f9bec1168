"""What somebody's request about data counts and deletes is theirs alone."""

from datetime import timedelta

import time_machine
from flask import Flask

from cabinet.models import (
    ConnectionRequest,
    Consent,
    DataRequest,
    Registration,
    User,
    base,
    erasure,
    withdrawal,
)
from cabinet.models.database import db
from cabinet.worker.purge import purge
from tests.cast import NEW_PHONE, OTHER_PHONE, PHONE, resident, told
from tests.models.everything import IP
from tests.models.test_request import submit
from tests.staff.about_data import approve, asked, stranger
from tests.visitor import Visitor


def test_a_stranger_s_phone_deletes_nothing_of_others(admin_desk: Visitor, app: Flask) -> None:
    anna = resident(PHONE)
    stranger()
    submit(OTHER_PHONE, key="9", ip="192.0.2.9", last_name="Другая", email="other@example.org")
    with db.atomic():
        Consent.give("consent", "1", "text", OTHER_PHONE, "r9", IP, "browser")
        Registration.create(phone=OTHER_PHONE, last_name="Другая")
    request = asked(admin_desk)
    kept = {"accounts": 0, "requests": 1, "drafts": 1, "messages": 1, "consents": 1}
    assert withdrawal.what_is_kept(request) == kept
    approve(admin_desk, request)
    assert [one.phone for one in Registration.select()] == [OTHER_PHONE]
    withdrawn = Consent.select().where(Consent.withdrawn_at.is_null(False))
    assert [one.phone for one in withdrawn] == [NEW_PHONE]
    with time_machine.travel(base.now() + timedelta(days=31)):
        with db.atomic():
            Registration.create(phone=OTHER_PHONE, phone_verified_at=base.now())
        purge()
        assert User.select().count() == 1 and [one.phone for one in ConnectionRequest.select()] == [
            OTHER_PHONE
        ]
        assert not DataRequest.select().exists(), "who came back is another"
        assert told("other@example.org") and not erasure.traces_of(anna).numbers
