"""«Мои данные»: all of it to read and to take away."""

import json

from flask import Flask

from cabinet.models import (
    Audit,
    ConnectionRequest,
    Message,
    PassedNumber,
    Registration,
    RequestNote,
    User,
    WebSession,
    profile,
)
from cabinet.models.base import now
from cabinet.models.database import db
from tests.cast import (
    ADDRESSES,
    LESNAYA,
    OTHER_PHONE,
    PERIODS,
    PHONE,
    receipt_of,
    resident,
)
from tests.markup import attribute
from tests.models.test_request import submit
from tests.placing import signed_in
from tests.visitor import Visitor


def test_all_that_is_kept_as_a_page_and_as_a_file(app: Flask, guest: Visitor, anna: User) -> None:
    resident(OTHER_PHONE, first_name="Пётр")
    signed_in(guest)
    guest.get("/home/accounts/new")
    guest.fill_and_submit(**receipt_of(LESNAYA))
    profile.rename(anna, "Белкина", "Анна", "", "192.0.2.1")
    guest.get("/home/profile/data")
    assert "Белкина" in guest.text and ADDRESSES[LESNAYA] in guest.text and "Имя изменено" in guest.text
    assert "renamed" not in guest.text and "Пётр" not in guest.text
    assert f"адрес {guest.ip}" in guest.text, "the session"
    link = guest.page.find("a", attrs={"data-download": True})
    guest.get(attribute(link, "href"))
    response = guest.response
    assert response is not None and response.mimetype == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    assert "attachment" in response.headers["Content-Disposition"]
    text = response.get_data(as_text=True)
    data = json.loads(text)
    assert data["phone"] == PHONE and data["email"] == anna.email and data["last_name"] == "Белкина"
    [account] = data["accounts"]
    assert (account["number"], account["address"]) == (LESNAYA, ADDRESSES[LESNAYA])
    assert len(data["sessions"]) == 1 and len(data["devices"]) == 1
    secrets = [anna.password_hash, *(s.key for s in WebSession.select()), OTHER_PHONE]
    assert not [secret for secret in secrets if secret and secret in text]


def test_the_data_of_a_registration_are_among_them(app: Flask, guest: Visitor, anna: User) -> None:
    with db.atomic():
        User.update(middle_name="", birth_date=None, email="").execute()
    signed_in(guest)
    guest.get("/home/profile/data")
    assert guest.status == 200 and "—" in guest.text


def test_requests_are_among_the_data(guest: Visitor, anna: User) -> None:
    with db.atomic():
        ConnectionRequest.create(
            number="12345678",
            idempotency_key="k",
            user_id=anna.id,
            phone=PHONE,
            last_name="Иванова",
            first_name="Анна",
            email=anna.email,
            city="Клин",
            street="Дачная",
            house="3",
        )
    signed_in(guest)
    guest.get("/home/profile/data")
    assert "Заявка № 12345678" in guest.text and "Дачная" in guest.text


def test_the_page_shows_each_part_of_the_file(guest: Visitor, anna: User) -> None:
    signed_in(guest)
    guest.get("/home/accounts/new")
    guest.fill_and_submit(**receipt_of(LESNAYA))
    request = submit(PHONE, user_id=anna.id, comment="Домофон молчит")
    with db.atomic():
        RequestNote.create(request=request, staff="s", kind="reply", text="Мастер придёт")
        RequestNote.create(request=request, kind="answer", text="Жду")
        began = {"created_at": anna.created_at, "period": PERIODS[0], "amount": 777_00, "account": LESNAYA}
        Registration.create(phone=PHONE, user=anna, last_name="Прежняя", completed_at=now(), **began)
        Message.enqueue("sms", "staff_reply", to=PHONE, data={"text": "Слова из СМС", "at": "скоро"})
        Message.enqueue("sms", "password_changed", to=PHONE)
        Message.update(dead_at=now(), due_at=None).where(Message.template == "password_changed").execute()
        Audit.record("staff-resident-seen", "staff:clerk", anna.id)
        PassedNumber.create(phone=OTHER_PHONE, user=anna, taken_by="other")
    guest.get("/home/profile/data")
    shown = (
        *("4 218,67", "октябрь 2026", "Ждёт ответа", "Домофон молчит", "Мастер придёт", "Жду"),
        *("Прежняя", "777,00", "Слова из СМС", "не доставлено", "ещё не отправлено"),
        *("Когда ваши данные смотрели сотрудники", "Прежние номера"),
    )
    assert not [text for text in shown if text not in guest.text.replace("\xa0", " ").replace("\u202f", " ")]
    guest.get("/home/profile/data?lang=en")
    assert guest.status == 200 and "Waits for an answer" in guest.text
