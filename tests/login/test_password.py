"""Phone, password, cabinet; and one answer for everything that is wrong."""

from collections.abc import Callable, Iterator

import bcrypt
import pytest
from flask import Flask

from cabinet.models import Attempt, User, base
from cabinet.models.database import db
from cabinet.passwords.hashing import BusyError, Hasher
from cabinet.web import connection
from tests.cast import LESNAYA, OTHER_PHONE, PASSWORD, PHONE, bill, resident
from tests.journeys import sign_in, to_login_password
from tests.markup import attribute
from tests.visitor import Visitor

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
    ["x" * 72 + "1", "Длинный7пароль\0", "п" * 5000, "\u202e\ud83d\ude00", "' OR 1=1 --"],
    ids=["72", "NUL after", "long", "odd", "quotes"],
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


def test_a_password_of_nul_alone_is_nothing_typed(guest: Visitor) -> None:
    resident()
    to_login_password(guest)
    guest.fill_and_submit(password="\0")
    assert "Введите пароль" in guest.error("password")


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


def test_where_there_is_no_place_nothing_is_counted_and_the_session_stays(
    app: Flask, guest: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    resident()
    to_login_password(guest)
    hasher = app.extensions["hasher"]
    with monkeypatch.context() as storm:
        storm.setattr(hasher, "_inside", hasher.waiting)
        for _ in range(6):
            guest.post("/login/password", {"password": PASSWORD})
            headers = guest.response.headers
            assert guest.status == 503 and headers["Retry-After"] == "1"
            assert "Set-Cookie" not in headers and headers["Cache-Control"] == "no-store"
    assert not Attempt.select().exists()
    guest.get("/login/password")
    guest.fill_and_submit(password=PASSWORD)
    assert guest.path == "/home"


def test_a_storm_is_met_at_the_steps_that_hash(app: Flask) -> None:
    posts = {str(rule) for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert set(connection.HASHING) <= posts


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
