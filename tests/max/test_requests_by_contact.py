"""A request that a contact in MAX alone proved is not of who has the SIM: not told, shown or erased."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from cabinet.models import Audit, ConnectionRequest, Message, Registration, Staff, WebSession, departure
from cabinet.models.base import now
from cabinet.models.contact_requests import erase_of_contact
from cabinet.models.database import db
from cabinet.receipts import store
from cabinet.worker.purge import purge
from tests.cast import NEW_PHONE, OTHER_PHONE, resident
from tests.placing import at_desk
from tests.staff import about_data
from tests.staff.conftest import PASSWORD, member
from tests.staff.test_requests import asked, press
from tests.staff.test_unsent import quietly
from tests.visitor import Visitor

pytestmark = pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)
OWNERS, FORMERS = "11111111", "22222222"
WORK = "form[data-keep$='/typed']"


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


def test_it_goes_when_its_author_asks_and_the_owners_stays(desk: Visitor) -> None:
    request = about_data.asked(desk, kind="delete")
    with db.atomic():
        Message.enqueue("mail", "request_received", to="former@example.org", data={"number": FORMERS})
        Message.update(due_at=None, sent_at=now()).where(Message.to == "former@example.org").execute()
        drafts = [
            Registration.create(phone=OTHER_PHONE, proved_by="max"),
            Registration.create(phone=NEW_PHONE, proved_by="max", completed_at=now()),
            Registration.create(phone=NEW_PHONE),
        ]
    desk.follow("Удалить эти заявки…")
    wrong = {"last_four": "0000", "proof": PASSWORD}
    desk.fill_and_submit("form[action$='/contact']", **wrong)
    assert "Это не последние четыре цифры" in desk.text and left() == [OWNERS, FORMERS]
    desk.fill_and_submit("form[action$='/contact']", **{**wrong, "last_four": NEW_PHONE[-4:]})
    assert left() == [OWNERS] and "удалены" in desk.text
    assert not Message.select().where(Message.to == "former@example.org").exists()
    assert list(Registration.select().order_by(Registration.id)) == sorted(drafts, key=lambda one: one.id)
    assert Audit.get(Audit.action == "person-deleted").actor == "system"
    told = Audit.get(Audit.action == "staff-contact-requests-deleted")
    assert told.subject == request.id and NEW_PHONE not in str(told.detail)
    assert erase_of_contact(request, Staff.get(), "", lambda name: None) == []
    assert Audit.select().where(Audit.action == told.action).count() == 1, "there was nothing left"
    assert "Удалить эти заявки" not in desk.text


def test_what_was_half_written_to_its_author_goes_with_it(desk: Visitor) -> None:
    about_data.asked(desk, kind="delete")
    address, name, receipt = desk.url, store.keep(b"x"), store.keep(b"y")
    with db.atomic():
        ConnectionRequest.update(receipt=receipt).where(ConnectionRequest.number == FORMERS).execute()
    desk.get(f"/staff/request/{FORMERS}")
    quietly(desk, desk.form(WORK), reply="Уважаемая Чужакова")
    with db.atomic():
        row = WebSession.get(WebSession.data.cast("TEXT").contains("staff_typed"))
        row.data["staff_typed"][FORMERS]["attached"] = name
        WebSession.update(data=row.data).where(WebSession.key == row.key).execute()
    desk.get(address)
    desk.follow("Удалить эти заявки…")
    desk.fill_and_submit("form[action$='/contact']", last_four=NEW_PHONE[-4:], proof=PASSWORD)
    assert left() == [OWNERS]
    assert not [path for path in store.folder().iterdir() if name in path.name or receipt in path.name]
    assert not any(FORMERS in str(row.data) for row in WebSession.select())


def test_it_goes_when_the_author_asks_who_has_a_cabinet_by_now(desk: Visitor) -> None:
    user = resident(NEW_PHONE)
    about_data.asked(desk, user)
    desk.follow("Удалить эти заявки…")
    desk.fill_and_submit("form[action$='/contact']", last_four=NEW_PHONE[-4:], proof=PASSWORD)
    assert left() == [OWNERS]


def test_only_an_admin_deletes_it_and_only_where_that_was_asked(desk: Visitor, app: Flask) -> None:
    told = about_data.asked(desk, kind="tell")
    assert "Удалить эти заявки" not in desk.text
    desk.client.post(f"/staff/data-request/{told.id}/contact")
    asked_for = about_data.asked(desk, kind="delete")
    clerk = at_desk(Visitor(app), member("clerk@example.org"))
    clerk.get(f"/staff/data-request/{asked_for.id}")
    assert "Удалить эти заявки" not in clerk.text and "отправленные через MAX" in clerk.text
    assert clerk.client.get(f"/staff/data-request/{asked_for.id}/contact").status_code == 404
    assert left() == [OWNERS, FORMERS]
