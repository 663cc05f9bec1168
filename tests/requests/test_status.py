"""What became of a request: for its sender, for who knows number and phone, for nobody else."""

from datetime import timedelta

import pytest
from flask import Flask

from cabinet.models import ConnectionRequest, RequestNote, base
from cabinet.models.database import db
from tests.cast import OTHER_PHONE, PASSWORD, bill, resident
from tests.markup import one
from tests.placing import at_account, signed_in
from tests.requests.conftest import PHONE, REQUEST, make, to_request
from tests.visitor import Visitor

NONE = "Заявки с таким номером и телефоном нет"


def test_the_sender_sees_it_all(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**REQUEST)
    request = ConnectionRequest.get()
    with db.atomic():
        RequestNote.create(request=request, staff="s", kind="reply", text="Ждём <акт>.")
        RequestNote.create(request=request, staff="s", kind="note", text="Только для своих.")
    visitor.get(f"/requests/{request.number}")
    assert "Клин, Дачная, д. 3, корп. 2, кв. 7" in visitor.text and "anna@example.org" in visitor.text
    assert "Ждём <акт>." in visitor.text and "Только для своих" not in visitor.text
    assert "Заявка отправлена" not in visitor.text, "said once"


@pytest.mark.parametrize("typed", ["{0}", "№ {0}", " {0:.4}-{0:.0}{1} "])
def test_number_and_phone_show_the_state_only(visitor: Visitor, database: object, typed: str) -> None:
    request = make()
    visitor.get("/requests")
    assert visitor.title == "Узнать о заявке"
    visitor.fill_and_submit(
        number=typed.format(request.number, request.number[4:]), phone="8 (916) 123-45-67"
    )
    assert visitor.path == f"/requests/{request.number}" and "Принята" in visitor.text
    for personal in ("Дачная", "Иванова", "anna@example.org", "+7 916"):
        assert personal not in visitor.text


@pytest.mark.parametrize(
    ("state", "words"),
    [("new", "Принята"), ("in_work", "В работе"), ("done", "Готово"), ("refused", "Отклонена")],
)
def test_every_state_in_words(visitor: Visitor, database: object, state: str, words: str) -> None:
    request = make(state=state)
    visitor.get(f"/requests/{request.number}")
    visitor.fill_and_submit(phone=PHONE)
    assert words in visitor.text and visitor.title == f"Заявка № {request.number}"


def test_wrong_number_and_wrong_phone_get_one_answer(visitor: Visitor, database: object) -> None:
    request = make()
    answers = []
    for number, phone in ((request.number, "+79990000000"), ("12345678", PHONE), ("1", PHONE)):
        visitor.get("/requests")
        visitor.fill_and_submit(number=number, phone=phone)
        assert NONE in visitor.text and visitor.value("number") == number
        answers.append(visitor.text.replace(number, "").replace(phone, ""))
    assert len(set(answers)) == 1


@pytest.mark.parametrize("number", ["1", "99999999", "abc", "%00", "../x", "9" * 300])
def test_unknown_numbers_ask_as_known_ones_do(visitor: Visitor, database: object, number: str) -> None:
    request = make()
    visitor.get(f"/requests/{request.number}")
    known = visitor.text
    visitor.get(f"/requests/{number}")
    assert visitor.text == known or visitor.status == 404


def test_nothing_is_shown_by_the_number_alone(app: Flask, visitor: Visitor, database: object) -> None:
    request = make()
    visitor.get(f"/requests/{request.number}")
    assert visitor.value("number") == request.number and "Принята" not in visitor.text
    stranger = Visitor(app, visitor.htmx)
    visitor.fill_and_submit(phone=PHONE)
    assert "Принята" in visitor.text
    stranger.get(f"/requests/{request.number}")
    assert "Принята" not in stranger.text


@pytest.mark.parametrize(
    ("number", "phone", "field"),
    [("", PHONE, "number"), ("—", PHONE, "number"), ("12345678", "", "phone"), ("12345678", "1", "phone")],
)
def test_bad_input_is_told_beside_its_field(
    visitor: Visitor, database: object, number: str, phone: str, field: str
) -> None:
    visitor.get("/requests")
    visitor.fill_and_submit(number=number, phone=phone)
    assert visitor.error(field) and visitor.path == "/requests"


def test_guessing_numbers_ends(app: Flask, database: object) -> None:
    request, visitor = make(), Visitor(app)
    for number in range(10):
        visitor.get("/requests")
        visitor.fill_and_submit(number=str(20_000_000 + number), phone=PHONE)
        assert NONE in visitor.text
    visitor.get("/requests")
    visitor.fill_and_submit(number=request.number, phone=PHONE)
    assert visitor.status == 429 and "Слишком много попыток" in visitor.text
    assert int(visitor.response.headers["Retry-After"]) > 0


def test_right_answers_are_not_counted(app: Flask, database: object) -> None:
    request = make()
    for _ in range(12):
        visitor = Visitor(app)
        visitor.get("/requests")
        visitor.fill_and_submit(number=request.number, phone=PHONE)
        assert "Принята" in visitor.text


def test_who_proved_the_phone_again_sees_it(visitor: Visitor, receipt: dict[str, str]) -> None:
    request = make()
    at_account(visitor)
    visitor.get(f"/requests/{request.number}")
    assert "Дачная" in visitor.text


def test_another_resident_sees_nothing(visitor: Visitor, database: object) -> None:
    bill()
    resident(OTHER_PHONE)
    request = make(user=resident())
    signed_in(visitor, OTHER_PHONE)
    visitor.get(f"/requests/{request.number}")
    assert "Дачная" not in visitor.text and "Принята" not in visitor.text
    visitor.get("/home")
    assert request.number not in visitor.text


def test_an_old_request_of_the_number_is_nobodys(visitor: Visitor, receipt: dict[str, str]) -> None:
    with db.atomic():
        make(created_at=base.now().replace(year=base.now().year - 1))
    at_account(visitor)
    assert visitor.value("account") == ""


def test_a_request_that_was_sent_is_promised_an_answer(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**REQUEST)
    assert "Обычно отвечаем за 1 рабочий день." in visitor.text
    steps = visitor.page.select(".progress li")
    assert [s.get_text(strip=True) for s in steps] == ["Принята", "В\xa0работе", "Готово"]
    assert [step.has_attr("aria-current") for step in steps] == [True, False, False]
    number = ConnectionRequest.get().number
    assert one(visitor.page, "[data-copy]")["data-copy"] == number


@pytest.mark.settings(request_answer_days=3)
def test_the_promise_is_the_companys(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**REQUEST)
    assert "Обычно отвечаем за 3 рабочих дня." in visitor.text


@pytest.mark.settings(request_answer_days=0)
def test_a_company_need_not_promise(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**REQUEST)
    assert "Обычно отвечаем" not in visitor.text


def test_what_this_session_sent_is_listed_at_once(
    app: Flask, visitor: Visitor, receipt: dict[str, str]
) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**REQUEST)
    number = ConnectionRequest.get().number
    visitor.get("/requests")
    assert f"Заявка № {number}" in visitor.text and "Клин, Дачная" in visitor.text
    stranger = Visitor(app, visitor.htmx)
    stranger.get("/requests")
    assert number not in stranger.text
    stranger.fill_and_submit(number=number, phone=PHONE)
    stranger.get("/requests")
    assert f"Заявка № {number}" in stranger.text and "Дачная" not in stranger.text, "the state alone"


def test_who_signs_in_later_sees_nothing_of_it(app: Flask, visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**REQUEST)
    number = ConnectionRequest.get().number
    resident(OTHER_PHONE)
    visitor.get("/")
    visitor.fill_and_submit(phone=OTHER_PHONE)
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.path == "/home"
    visitor.get("/requests")
    assert number not in visitor.text
    visitor.get(f"/requests/{number}")
    assert "Дачная" not in visitor.text


@pytest.mark.parametrize(("days", "seen"), [(179, True), (181, False)])
def test_an_old_request_of_a_number_is_not_its_next_owners(
    guest: Visitor, receipt: dict[str, str], days: int, seen: bool
) -> None:
    request = make(created_at=base.now() - timedelta(days=days))
    at_account(guest, PHONE)
    guest.get(f"/requests/{request.number}")
    assert ("Дачная" in guest.text) == ("anna@example.org" in guest.text) == seen


@pytest.mark.settings(prove_again_after=0)
def test_where_numbers_never_pass_on_it_stays_theirs(guest: Visitor, receipt: dict[str, str]) -> None:
    request = make(created_at=base.now() - timedelta(days=900))
    at_account(guest, PHONE)
    guest.get(f"/requests/{request.number}")
    assert "Дачная" in guest.text
