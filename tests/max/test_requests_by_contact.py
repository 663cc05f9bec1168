"""A request that a contact in MAX alone proved is not of who has the SIM: not told, shown or erased."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from cabinet.models import ConnectionRequest, Message, Registration, departure
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.worker.purge import purge
from tests.cast import NEW_PHONE, resident
from tests.placing import at_desk
from tests.staff import about_data
from tests.staff.conftest import member
from tests.staff.test_requests import asked, press
from tests.visitor import Visitor

pytestmark = pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
OWNERS, FORMERS = "11111111", "22222222"


@pytest.fixture
def desk(app: Flask) -> Visitor:
    """An admin's, when the former owner and whoever has the SIM have each sent a request."""
    asked(OWNERS, phone=NEW_PHONE, street="Дальняя")
    words = {"last_name": "Чужакова", "street": "Тайная", "comment": "не для вас"}
    asked(FORMERS, phone=NEW_PHONE, email="former@example.org", proved_by="max", **words)
    with db.atomic():
        Registration.create(
            phone=NEW_PHONE, last_name="Чужакова", email="former@example.org", proved_by="max"
        )
    return at_desk(Visitor(app), member("admin@example.org", "admin"))


def left() -> list[str]:
    return sorted(one.number for one in ConnectionRequest.select())


def test_it_is_not_handed_out(desk: Visitor) -> None:
    request = about_data.asked(desk, kind="tell")
    desk.get(f"/staff/data-request/{request.id}/data")
    assert "Дальняя" in desk.text
    for secret in ("Тайная", "Чужакова", "former@example.org", "не для вас", FORMERS):
        assert secret not in desk.text, secret


def test_it_stays_when_whoever_has_no_cabinet_is_erased(desk: Visitor) -> None:
    request = about_data.asked(desk)
    assert "Заявки с ответами и файлами: 1" in desk.text, desk.text
    about_data.approve(desk, request)
    with db.atomic():
        Message.enqueue("mail", "request_received", to="former@example.org", data={"number": FORMERS})
    with time_machine.travel(now() + timedelta(days=31)):
        purge()
        assert left() == [FORMERS]
        assert Message.get(Message.to == "former@example.org").data == {"number": FORMERS}


def test_it_stays_when_the_cabinet_of_the_number_goes(desk: Visitor) -> None:
    user = resident(NEW_PHONE, created_at=now() - timedelta(days=1))
    departure.erase(user)
    assert left() == [FORMERS]


def test_it_is_not_on_the_card_of_the_numbers_resident(desk: Visitor) -> None:
    user = resident(NEW_PHONE)
    desk.get(f"/staff/resident/{user.id}")
    assert OWNERS in desk.text and FORMERS not in desk.text


def test_it_goes_some_time_after_staff_closed_it(desk: Visitor) -> None:
    desk.get(f"/staff/request/{FORMERS}")
    for state in ("in_work", "done"):
        press(desk, state)
    with time_machine.travel(now() + timedelta(days=3 * 365)):
        purge()
        assert left() == [OWNERS]
