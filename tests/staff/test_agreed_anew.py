"""Who agrees anew after their data were to be deleted by a letter: what counts, and what is begun again."""

from datetime import UTC, timedelta

import pytest
import time_machine
from flask import Flask

from cabinet.models import ConnectionRequest, Consent, DataRequest, User, base
from cabinet.worker.purge import purge
from tests.cast import LESNAYA, NEW_PHONE, PASSWORD, bill, receipt_of
from tests.journeys import to_code, to_home
from tests.placing import at_registration_password
from tests.staff.about_data import approve, asked, stranger
from tests.visitor import Visitor, last_code

BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)


@BOTH
@pytest.mark.parametrize("proved", [False, True])
def test_only_the_phone_s_holder_agrees_anew(admin_desk: Visitor, app: Flask, proved: bool) -> None:
    stranger()
    approve(admin_desk, asked(admin_desk))
    with time_machine.travel(DataRequest.get().erase_at.replace(tzinfo=UTC) - timedelta(hours=1)):
        visitor = Visitor(app)
        to_code(visitor, NEW_PHONE)
        if proved:
            visitor.fill_and_submit(code=last_code(NEW_PHONE))
    with time_machine.travel(base.now() + timedelta(days=31)):
        purge()
        assert [one.outcome for one in DataRequest.select()] == [""] * proved
        assert ConnectionRequest.select().exists() == proved


@BOTH
def test_a_registration_begun_before_is_begun_anew(admin_desk: Visitor, app: Flask) -> None:
    bill()
    visitor = Visitor(app)
    at_registration_password(visitor, receipt_of(LESNAYA), NEW_PHONE)
    approve(admin_desk, asked(admin_desk))
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.path == "/" and "Введите номер телефона ещё раз" in visitor.text
    assert not User.select().exists()
    with time_machine.travel(base.now() + timedelta(minutes=5)):
        to_home(visitor, receipt_of(LESNAYA), NEW_PHONE)
    mine = Consent.select().where(Consent.user_id == User.get().id)
    assert {(one.kind, one.withdrawn_at) for one in mine} == {("consent", None), ("terms", None)}
