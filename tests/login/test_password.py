"""Phone, password, cabinet; and one answer for everything that is wrong."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import bcrypt
import pytest
import time_machine
from flask import Flask

from cabinet.models import Device, User, WebSession, base
from cabinet.models.database import db
from cabinet.passwords.hashing import BusyError, Hasher
from tests.cast import LESNAYA, NEW_PASSWORD, OTHER_PHONE, PASSWORD, PHONE, bill, resident, told
from tests.journeys import sign_in, to_login_password
from tests.markup import attribute
from tests.visitor import Visitor

FORGOT = "form[action='/login/forgot']"
MISMATCH = "Ошибка в логине или пароле"


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The bcrypt costs of all comparisons made."""
    costs: list[int] = []
    real = bcrypt.checkpw

    def counting(password: bytes, stored: bytes) -> bool:
        costs.append(int(stored[4:6]))
        return real(password, stored)

    monkeypatch.setattr(bcrypt, "checkpw", counting)
    yield costs


def test_the_first_screen_leads_to_the_password_and_the_cabinet(visitor: Visitor) -> None:
    bill(LESNAYA)
    resident(accounts=[LESNAYA])
    visitor.get("/")
    visitor.fill_and_submit(phone="8 (916) 123-45-67")
    assert visitor.path == "/login/password" and "+7 916 123-45-67" in visitor.text
    assert "Войти в личный кабинет" in visitor.text and "Я забыл пароль" in visitor.text
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.path == "/home" and visitor.status == 200
    assert "Лесная" in visitor.text and "Анна" in visitor.text
    visitor.reload()
    assert visitor.path == "/home" and "Лесная" in visitor.text
    visitor.get("/")
    assert visitor.path == "/home", "who is signed in needs no first screen"


def test_an_empty_password_is_said_so_and_compares_nothing(guest: Visitor, compared: list[int]) -> None:
    resident()
    to_login_password(guest)
    guest.fill_and_submit(password="")
    assert guest.error("password").endswith("Не заполнено поле пароля. Введите пароль.")
    assert compared == []


def _deleted_meanwhile(user: User) -> None:
    with db.atomic():
        user.delete_instance()


def _blocked_meanwhile(user: User) -> None:
    with db.atomic():
        User.update(blocked_at=base.now()).where(User.id == user.id).execute()


def _imported(user: User) -> None:
    with db.atomic():
        User.update(password_hash=None).where(User.id == user.id).execute()


CASES: dict[str, tuple[Callable[[User], None], str]] = {
    "wrong password": (lambda user: None, "Неверный0пароль"),
    "no password": (_imported, PASSWORD),
    "blocked": (_blocked_meanwhile, PASSWORD),
    "blocked, wrong": (_blocked_meanwhile, "Неверный0пароль"),
    "gone": (_deleted_meanwhile, PASSWORD),
}


def test_all_that_is_wrong_gets_one_answer_after_one_comparison(
    app: Flask, visitor: Visitor, compared: list[int]
) -> None:
    answers = {}
    for number, (name, (change, password)) in enumerate(CASES.items()):
        phone = f"+7916123000{number}"
        user = resident(phone)
        guest = Visitor(app, htmx=visitor.htmx, ip=f"192.0.2.{number + 10}")
        to_login_password(guest, phone)
        change(user)
        compared.clear()
        guest.fill_and_submit(password=password)
        assert compared == [app.extensions["hasher"].cost], f"{name}: one comparison of today's cost"
        assert guest.error("password").endswith(f"{MISMATCH}. Проверьте номер телефона и пароль.")
        assert guest.response is not None
        headers = {k for k, _ in guest.response.headers}
        shown = guest.text.replace(f"00-0{number}", "")
        answers[name] = (guest.status, guest.path, sorted(headers), shown)
        guest.get("/home")
        assert guest.path == "/", f"{name}: not signed in"
    assert len({str(answer) for answer in answers.values()}) == 1, answers


def test_a_cheaper_hash_costs_no_less_and_is_made_anew(app: Flask, compared: list[int]) -> None:
    app.extensions["hasher"] = Hasher("tests-only-pepper", 6)
    user = resident()
    visitor = Visitor(app)
    to_login_password(visitor)
    visitor.fill_and_submit(password="Неверный0пароль")
    assert sum(2**cost for cost in compared) == 2**6
    visitor.fill_and_submit(password=PASSWORD)
    assert visitor.path == "/home"
    assert str(User.get_by_id(user.id).password_hash).startswith("$2b$06$")
    sign_in(Visitor(app))


@pytest.mark.parametrize("again", ["й", "й"], ids=["composed", "decomposed"])
def test_a_letter_in_two_spellings_is_one(app: Flask, again: str) -> None:
    with db.atomic():
        hasher = app.extensions["hasher"]
        User.create(phone=PHONE, password_hash=hasher.hash("дли\u0438\u0306нный7пароль"))
    visitor = Visitor(app)
    to_login_password(visitor)
    visitor.fill_and_submit(password=f"дли{again}нный7пароль")
    assert visitor.path == "/home"


@pytest.mark.parametrize(
    "password",
    ["x" * 72 + "1", "Длинный7пароль\0", "\0", "п" * 5000, "\u202e\ud83d\ude00", "' OR 1=1 --"],
    ids=["72", "NUL after", "NUL", "long", "odd", "quotes"],
)
def test_odd_passwords_are_merely_wrong(app: Flask, password: str) -> None:
    hasher = app.extensions["hasher"]
    resident(password=None)
    with db.atomic():
        User.update(password_hash=hasher.hash("x" * 72 + "2")).execute()
    visitor = Visitor(app)
    to_login_password(visitor)
    visitor.fill_and_submit(password=password.encode("utf-16", "surrogatepass").decode("utf-16"))
    assert visitor.status in (200, 422) and MISMATCH in visitor.error("password")


def test_a_storm_that_leaves_no_room_to_compare_is_no_guess(
    app: Flask, guest: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    resident()
    to_login_password(guest)
    hasher = app.extensions["hasher"]

    def busy(_typed: str, _stored: str | None) -> bool:
        raise BusyError

    with monkeypatch.context() as storm:
        storm.setattr(hasher, "verify", busy)
        for _ in range(6):
            guest.fill_and_submit(password=PASSWORD)
            assert guest.status == 503
            guest.get("/login/password")
    guest.fill_and_submit(password=PASSWORD)
    assert guest.path == "/home"


def test_the_token_changes_at_login_and_the_old_one_gains_nothing(app: Flask, guest: Visitor) -> None:
    resident()
    to_login_password(guest)
    before = guest.client.get_cookie("cabinet")
    assert before is not None
    guest.fill_and_submit(password=PASSWORD)
    after = guest.client.get_cookie("cabinet")
    assert after is not None and after.value != before.value
    planted = Visitor(app)
    planted.client.set_cookie("cabinet", before.value)
    planted.get("/home")
    assert planted.path == "/"


def test_logout_kills_the_token_at_once_and_back_shows_nothing(app: Flask, visitor: Visitor) -> None:
    bill(LESNAYA)
    resident(accounts=[LESNAYA])
    sign_in(visitor)
    token = visitor.client.get_cookie("cabinet")
    assert token is not None and visitor.response is not None
    assert visitor.response.headers["Cache-Control"] == "no-store"
    visitor.fill_and_submit("form[action='/logout']")
    assert visitor.path == "/"
    for path in ("/home", "/home/profile", "/home/profile/data", "/home/profile/data.json"):
        visitor.get(path)
        assert visitor.path == "/" and "Лесная" not in visitor.text and "Анна" not in visitor.text
    thief = Visitor(app)
    thief.client.set_cookie("cabinet", token.value)
    thief.get("/home")
    assert thief.path == "/"
    assert not WebSession.select().where(WebSession.user_id.is_null(False)).exists()


def test_logout_ends_the_tokens_that_were_replaced_too(app: Flask, guest: Visitor) -> None:
    resident()
    sign_in(guest)
    replaced = guest.client.get_cookie("cabinet")
    guest.get("/home/profile/password")
    guest.fill_and_submit(current_password=PASSWORD, password=NEW_PASSWORD)
    assert replaced is not None and guest.client.get_cookie("cabinet") != replaced
    guest.get("/home")
    guest.fill_and_submit("form[action='/logout']")
    thief = Visitor(app)
    thief.client.set_cookie("cabinet", replaced.value)
    thief.get("/home")
    assert thief.path == "/"


def test_whoever_is_blocked_is_out_at_the_next_request(guest: Visitor) -> None:
    user = resident()
    sign_in(guest)
    _blocked_meanwhile(user)
    guest.get("/home/profile/data.json")
    assert guest.path == "/" and PHONE[2:] not in guest.text


def test_a_sign_in_from_a_new_device_is_told_by_mail(app: Flask, guest: Visitor) -> None:
    user = resident()
    sign_in(guest)
    assert told(user.email) == [], "the first browser is no news"
    guest.fill_and_submit("form[action='/logout']")
    sign_in(guest)
    assert told(user.email) == [], "the same browser again"
    sign_in(Visitor(app))
    assert told(user.email) == ["new_device"]
    assert told(PHONE) == []


@pytest.mark.parametrize("hours", [1, 13], ids=["idle", "too old"])
def test_whoever_comes_back_later_signs_in_again(guest: Visitor, hours: int) -> None:
    resident()
    sign_in(guest)
    with time_machine.travel(base.now() + timedelta(hours=hours)):
        guest.reload()
        assert guest.path == "/" and "Войдите ещё раз" in guest.text and "Анна" not in guest.text
        sign_in(guest)
        guest.reload()
        assert guest.path == "/home"


def test_two_residents_of_one_browser(guest: Visitor) -> None:
    one, other = resident(), resident(OTHER_PHONE, first_name="Пётр")
    for _ in range(2):
        for user in (one, other):
            sign_in(guest, user.phone)
            assert user.first_name in guest.text
            guest.fill_and_submit("form[action='/logout']")
    assert Device.select().count() == 2 and told(one.email) == told(other.email) == []


def test_extra_fields_are_ignored(guest: Visitor) -> None:
    user = resident()
    other = resident(OTHER_PHONE, first_name="Пётр")
    to_login_password(guest)
    form = guest.form(None, "password")
    guest.post(
        attribute(form, "action"),
        {
            "csrf_token": guest.csrf_token,
            "password": PASSWORD,
            "phone": OTHER_PHONE,
            "user_id": other.id,
            "is_staff": "1",
        },
    )
    assert guest.path == "/home" and user.first_name in guest.text


def test_a_password_sent_twice_is_refused(guest: Visitor) -> None:
    resident()
    to_login_password(guest)
    guest.fill_and_submit(password=[PASSWORD, "Неверный0пароль"])
    assert guest.path == "/login/password" and guest.error("password")


def test_the_password_window_without_a_phone_leads_to_the_first_screen(guest: Visitor) -> None:
    guest.get("/login/password")
    assert guest.path == "/"


def test_the_mail_is_reminded_of_only_where_the_resident_is_known(app: Flask, guest: Visitor) -> None:
    user = resident(email_confirmed_at=None)
    to_login_password(guest)
    assert "Подтвердите почту" not in guest.text, "a stranger learns nothing"
    stranger_form = guest.page.find("form", action="/login/email")
    assert stranger_form is None
    guest.post("/login/email", {"csrf_token": guest.csrf_token})
    assert guest.path == "/login/password" and told(user.email) == [], "and has no letter sent"
    guest.fill_and_submit(password=PASSWORD)
    assert "Подтвердите почту" in guest.text
    guest.fill_and_submit("form[action='/logout']")
    to_login_password(guest)
    assert "Подтвердите почту" in guest.text and user.email not in guest.text
    guest.fill_and_submit("form[action='/login/email']")
    assert guest.path == "/login/password" and told(user.email) == ["confirm_email"]
    with db.atomic():
        User.update(email_confirmed_at=base.now()).execute()
    guest.reload()
    assert "Подтвердите почту" not in guest.text
