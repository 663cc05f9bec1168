"""Connection requests: kept once, told to the right people, found only by their own."""

from datetime import date
from typing import Any

import pytest
from peewee import Database

from cabinet.models import Attempt, Audit, ConnectionRequest, Message, RequestNote, User, request
from cabinet.models.attempt import TooManyError
from cabinet.models.database import db
from cabinet.models.request_number import new_number
from tests.cast import NEW_PHONE, OTHER_PHONE, PHONE, resident
from tests.models.clock import DAY, HOUR, after, moment

IP = "192.0.2.1"
ANSWERS: dict[str, Any] = {
    "last_name": "Иванова",
    "first_name": "Анна",
    "middle_name": "Петровна",
    "email": "anna@example.org",
    "city": "Москва",
    "street": "ул. Лесная",
    "house": "5",
    "building": "2",
    "flat": "12",
    "account": "12-34",
    "account_key": "1234",
    "comment": "Нет квитанций",
}


def submit(phone: str = PHONE, key: str = "key", ip: str = IP, **changes: Any) -> ConnectionRequest:
    """A request; answers and what else comes with it can be changed."""
    answers = {name: changes.pop(name, value) for name, value in ANSWERS.items()}
    return ConnectionRequest.submit(phone, answers, key, ip, **changes)


def test_a_request_is_kept_in_full(database: Database) -> None:
    user = resident()
    with after():
        sent = submit(
            period=date(2026, 9, 1),
            amount=421_867,
            user_id=user.id,
            locale="en",
            receipt="file.jpg",
            receipt_type="image/jpeg",
        )
    row = ConnectionRequest.get()
    assert {name: getattr(row, name) for name in ANSWERS} == ANSWERS
    assert (row.phone, row.period, row.amount, row.user_id) == (PHONE, date(2026, 9, 1), 421_867, user.id)
    assert (row.locale, row.receipt, row.receipt_type) == ("en", "file.jpg", "image/jpeg")
    assert (row.created_at, row.state, row.number) == (moment(0), "new", sent.number)
    assert row.number.isdigit() and len(row.number) == 8


def test_the_least_request_says_nothing_more(database: Database) -> None:
    row = submit()
    assert (row.period, row.amount, row.user_id, row.locale) == (None, None, None, "ru")
    assert (row.receipt, row.receipt_type) == ("", "")


def test_its_sender_gets_the_number_and_the_staff_get_everything(database: Database) -> None:
    user = resident()
    with after():
        sent = submit(
            user_id=user.id, locale="en", period=date(2026, 9, 1), amount=5, receipt_type="image/png"
        )
    mail, staff = Message.get(Message.channel == "mail"), Message.get(Message.channel == "staff")
    assert (mail.template, mail.to, mail.locale) == ("request_received", "anna@example.org", "en")
    assert mail.data == {"name": "", "number": sent.number, "address": ""}, "the mailbox is not proved"
    assert staff.template == "connection_request"
    assert staff.data == {
        **{name: value for name, value in ANSWERS.items() if name != "account_key"},
        "number": sent.number,
        "phone": PHONE,
        "period": "2026-09-01",
        "amount": 5,
        "receipt_type": "image/png",
        "created_at": moment(0).isoformat(),
        "address": sent.address,
        "user": user.id,
    }
    audit = Audit.get()
    assert (audit.action, audit.actor) == ("request-sent", f"user:{user.id}")
    assert (audit.subject, audit.ip) == (sent.number, IP)


def test_who_has_no_address_gets_an_sms(database: Database) -> None:
    submit(email="")
    sms = Message.get(Message.channel == "sms")
    assert (sms.template, sms.to) == ("request_received", PHONE)
    assert Audit.get().actor == "visitor" and Message.get(Message.channel == "staff").data["user"] is None


def test_a_message_may_say_more(database: Database) -> None:
    sent = submit()
    with db.atomic():
        sent.notify("request_matched", account="77")
    message = Message.get(Message.template == "request_matched")
    assert message.data == {
        "name": "",
        "number": sent.number,
        "address": "",
        "account": "77",
    }


def test_pressed_twice_it_is_one_request(database: Database) -> None:
    first = submit(receipt="a.jpg", receipt_digest="d")
    second = submit(receipt="b.jpg", receipt_digest="d")
    assert first == second and ConnectionRequest.get().receipt == "a.jpg"
    assert Message.select().count() == 2 and Attempt.count("request-phone", PHONE, DAY) == 1


@pytest.mark.parametrize("name", [*ANSWERS, "phone", "key", "receipt_digest"])
def test_a_difference_makes_it_another(database: Database, name: str) -> None:
    first = submit()
    assert submit(**{name: "other"}) != first and ConnectionRequest.select().count() == 2


@pytest.mark.settings(request_per_phone_day=2, request_per_ip_hour=3)
def test_phones_and_networks_have_limits(database: Database) -> None:
    submit(key="1", ip="2001:db8::1")
    submit(key="2", ip="2001:db8::2")
    with pytest.raises(TooManyError):
        submit(key="3", ip="192.0.2.9")
    submit(OTHER_PHONE, key="4", ip="2001:db8::3")
    with pytest.raises(TooManyError):
        submit(OTHER_PHONE, key="5", ip="2001:db8::4")
    assert (
        ConnectionRequest.select().count()
        == 3
        == Attempt.select().where(Attempt.kind == "request-phone").count()
    ), "what is refused is not counted"


def test_a_number_is_given_once(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = iter(["11111111", "11111111", "22222222"])
    monkeypatch.setattr(request, "new_number", lambda: next(numbers))
    assert submit(key="1").number == "11111111" and submit(key="2").number == "22222222"


@pytest.mark.parametrize(("low", "number"), [(0, "10000000"), (89_999_999, "99999999")])
def test_numbers_have_eight_digits(monkeypatch: pytest.MonkeyPatch, low: int, number: str) -> None:
    monkeypatch.setattr("secrets.randbelow", lambda most: low if most == 90_000_000 else -1)
    assert new_number() == number


def test_it_is_found_by_number_and_phone_together(database: Database) -> None:
    sent, other = submit(), submit(OTHER_PHONE, key="2")
    assert ConnectionRequest.look_up(sent.number, PHONE, IP) == sent
    assert ConnectionRequest.look_up(other.number, PHONE, IP) is None
    assert ConnectionRequest.look_up("00000000", PHONE, IP) is None


@pytest.mark.parametrize(
    ("kind", "subject"),
    [("request-look-number", "1"), ("request-look-phone", PHONE), ("request-look-ip", "2001:db8::/64")],
)
def test_only_misses_are_counted(database: Database, kind: str, subject: str) -> None:
    sent = submit()
    ConnectionRequest.look_up(sent.number, PHONE, "2001:db8::1")
    assert not Attempt.select().where(Attempt.kind.startswith("request-look")).exists()
    ConnectionRequest.look_up("1", PHONE, "2001:db8::1")
    assert Attempt.count(kind, subject, HOUR) == 1


def test_after_too_many_misses_nothing_is_found(database: Database) -> None:
    sent = submit()
    for number in range(10):
        ConnectionRequest.look_up(str(number), PHONE, IP)
    with pytest.raises(TooManyError):
        ConnectionRequest.look_up(sent.number, PHONE, IP)


def test_a_resident_sees_own_requests_newest_first(database: Database) -> None:
    anna, boris = resident(), resident(OTHER_PHONE)
    with after(0):
        first = submit(key="1", user_id=anna.id)
        submit(key="2", user_id=boris.id)
        submit(key="3")
    with after(1):
        second = submit(key="4", user_id=anna.id)
    assert ConnectionRequest.of_user(anna.id) == [second, first]
    assert ConnectionRequest.newest_of(PHONE, anna.id, 1) == [second]


def test_sms_go_to_its_residents_present_number_and_to_nobody_who_has_it_now(database: Database) -> None:
    anna = resident()
    own, strangers = submit(email="", user_id=anna.id), submit(key="2", email="")
    for number, to in ((PHONE, PHONE), (NEW_PHONE, NEW_PHONE), ("passed on", "")):
        with db.atomic():
            User.update(phone=number).execute()
        assert (own.phone_now, strangers.phone_now) == (to, PHONE)
    before = Message.select().count()
    with db.atomic():
        own.notify("request_done")
    assert Message.select().count() == before


def test_what_was_typed_goes_to_a_mailbox_that_its_sender_confirmed_and_to_no_other(
    database: Database,
) -> None:
    mine, his = "anna@example.org", "boris@example.org"
    anna = resident(email=mine)
    boris = resident(OTHER_PHONE, email=his, email_confirmed_at=None)
    cases = ((anna, mine, True), (anna, his, False), (boris, mine, False), (boris, his, False))
    for number, (user, email, proved) in enumerate(cases):
        sent = submit(user.phone, key=str(number), user_id=user.id, email=email)
        given = sent.otherwise({"number": sent.number, "name": "Анна", "address": "Лесная"})
        name, address = ("Анна", "Лесная") if proved else ("", "")
        assert given == ("mail", email, {"number": sent.number, "name": name, "address": address})


def test_what_is_a_residents_by_phone_or_account_is_erased(database: Database) -> None:
    anna, boris = resident(), resident(OTHER_PHONE)
    submit(key="1", receipt="phone.jpg")
    submit("+79990000000", key="2", user_id=anna.id, receipt="user.jpg")
    submit(key="3")
    submit(OTHER_PHONE, key="4", user_id=boris.id, receipt="his.jpg")
    submit(key="5", receipt="of who has the SIM.jpg", proved_by="max")
    assert sorted(ConnectionRequest.files_of(ConnectionRequest.theirs(PHONE, anna.id))) == [
        "phone.jpg",
        "user.jpg",
    ]
    with db.atomic():
        ConnectionRequest.erase_of(PHONE, anna.id)
    assert {r.receipt for r in ConnectionRequest.select()} == {"his.jpg", "of who has the SIM.jpg"}


def test_residents_read_replies_and_staff_read_all(database: Database) -> None:
    sent, other = submit(), submit(key="2")
    with db.atomic():
        RequestNote.create(request=other, kind="reply", text="other")
        for kind in ("reply", "note", "state", "answer"):
            RequestNote.create(request=sent, kind=kind, text=str(RequestNote.select().count()))
    assert [(n.kind, n.text) for n in sent.notes()] == [
        ("reply", "1"),
        ("note", "2"),
        ("state", "3"),
        ("answer", "4"),
    ]
    assert [n.text for n in sent.conversation()] == ["1", "4"]
