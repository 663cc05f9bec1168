"""«Вход по отпечатку или лицу»: passkeys are added, named and removed by who has just shown who they are."""

from datetime import timedelta
from typing import Any

import time_machine
from flask import Flask

from cabinet.models import AccountEvent, Passkey, User
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.departure import erase
from tests.authenticator import MAY_BE_BACKED_UP, PRESENT, VERIFIED, Authenticator
from tests.cast import OTHER_PHONE, PASSWORD, resident, told
from tests.home.profile import WRONG, to
from tests.placing import signed_in
from tests.visitor import Visitor

OPTIONS = "/home/profile/passkeys/options"
ADD, REMOVE = "form[data-passkey=add]", "form[action$='/remove']"


def add(visitor: Visitor, device: Authenticator, path: str = "/home/profile/passkeys") -> None:
    """Have a passkey made, as the page's script does."""
    visitor.get(path)
    visitor.fill_and_submit(ADD, answer=device.make(visitor.client.get(OPTIONS).get_json()))


def later(seconds: int) -> Any:
    return time_machine.travel(now() + timedelta(seconds=seconds), tick=False)


def test_one_is_added_listed_named_and_removed(visitor: Visitor, anna: User) -> None:
    signed_in(visitor)
    to(visitor, "passkeys")
    add(visitor, Authenticator())
    assert visitor.path == "/home/profile/passkeys" and "Готово" in visitor.text
    visitor.follow("Изменить или убрать")
    visitor.fill_and_submit(name="Мамин телефон")
    assert "Название изменено" in visitor.text and "Мамин телефон" in visitor.text
    visitor.follow("Изменить или убрать")
    visitor.fill_and_submit(REMOVE)
    assert "больше не входит" in visitor.text and not Passkey.select().exists()
    assert told(anna.email)[-2:] == ["passkey_added", "passkey_removed"]
    kinds = [event.kind for event in AccountEvent.select().order_by(AccountEvent.id)]
    assert kinds[-2:] == ["passkey-added", "passkey-removed"]
    visitor.get("/home/profile/history")
    assert "Включён вход по отпечатку или лицу" in visitor.text


def test_what_is_offered_on_the_first_page_leads_back_there(visitor: Visitor, anna: User) -> None:
    signed_in(visitor)
    add(visitor, Authenticator(), "/home")
    assert visitor.path == "/home" and "Готово" in visitor.text


def test_the_browser_is_asked_for_one_that_is_guarded_and_found_by_itself(guest: Visitor, anna: User) -> None:
    signed_in(guest)
    add(guest, Authenticator())
    asked = guest.client.get(OPTIONS).get_json()
    assert asked["rp"]["id"] == "localhost" and asked["attestation"] == "none"
    chosen = asked["authenticatorSelection"]
    assert chosen["userVerification"] == chosen["residentKey"] == "required"
    assert [known["id"] for known in asked["excludeCredentials"]] == [Passkey.get().credential]


def test_after_a_while_the_password_is_asked_for_first(visitor: Visitor, anna: User) -> None:
    signed_in(visitor)
    add(visitor, Authenticator())
    with later(301):
        visitor.get("/home/profile/passkeys")
        assert not visitor.page.select(ADD)
        assert visitor.client.get(OPTIONS).status_code == 204
        visitor.fill_and_submit(current_password=WRONG)
        assert "Пароль не подходит" in visitor.error("current_password")
        visitor.fill_and_submit(current_password=PASSWORD)
        assert visitor.path == "/home/profile/passkeys" and visitor.page.select(ADD)
        add(visitor, Authenticator())
        assert Passkey.select().count() == 2


def test_a_session_left_open_neither_adds_nor_removes(guest: Visitor, anna: User) -> None:
    signed_in(guest)
    add(guest, Authenticator())
    guest.get("/home/profile/passkeys")
    options, token = guest.client.get(OPTIONS).get_json(), guest.csrf_token
    with later(301):
        guest.post("/home/profile/passkeys", {"csrf_token": token, "answer": Authenticator().make(options)})
        guest.post(f"/home/profile/passkeys/{Passkey.get().id}/remove", {"csrf_token": token})
        assert "Введите пароль" in guest.text
    assert Passkey.select().count() == 1


LIES: list[dict[str, Any]] = [
    {"origin": "https://evil.example"},
    {"host": "evil.example"},
    {"flags": PRESENT | MAY_BE_BACKED_UP},
    {"flags": VERIFIED | MAY_BE_BACKED_UP},
    {"more": {"type": "webauthn.get"}},
    {"more": {"challenge": "AAAA"}},
]


def test_lies_are_not_kept(guest: Visitor, anna: User) -> None:
    signed_in(guest)
    for lie in LIES:
        add(guest, Authenticator(**lie))
        assert "Не получилось" in guest.text and not Passkey.select().exists(), lie


def test_an_answer_adds_one(guest: Visitor, anna: User) -> None:
    signed_in(guest)
    guest.get("/home/profile/passkeys")
    text = Authenticator().make(guest.client.get(OPTIONS).get_json())
    for _ in range(2):
        guest.get("/home/profile/passkeys")
        guest.fill_and_submit(ADD, answer=text)
    assert "Не получилось" in guest.text and Passkey.select().count() == 1


def test_a_device_of_somebody_else_is_not_taken_over(app: Flask, guest: Visitor, anna: User) -> None:
    resident(OTHER_PHONE)
    neighbour, device = Visitor(app), Authenticator()
    signed_in(neighbour, OTHER_PHONE)
    add(neighbour, device)
    signed_in(guest)
    add(guest, device)
    assert "Не получилось" in guest.text and Passkey.get().user_id != anna.id


def test_those_of_others_are_as_good_as_missing(app: Flask, guest: Visitor, anna: User) -> None:
    resident(OTHER_PHONE)
    neighbour = Visitor(app)
    signed_in(neighbour, OTHER_PHONE)
    add(neighbour, Authenticator())
    signed_in(guest)
    theirs, token = Passkey.get().id, guest.csrf_token
    for key in (theirs, "no-such-key"):
        for path in (key, f"{key}/remove"):
            guest.post(f"/home/profile/passkeys/{path}", {"csrf_token": token, "name": "x"})
            assert guest.status == 404
        guest.get(f"/home/profile/passkeys/{key}")
        assert guest.status == 404
    assert Passkey.get().name != "x"


def test_there_are_at_most_ten(guest: Visitor, anna: User) -> None:
    signed_in(guest)
    for _ in range(11):
        add(guest, Authenticator())
    assert "Устройств уже десять" in guest.text and Passkey.select().count() == 10


def test_they_are_among_what_is_stored_and_go_with_the_cabinet(guest: Visitor, anna: User) -> None:
    signed_in(guest)
    add(guest, Authenticator())
    guest.get("/home/profile/data")
    assert Passkey.get().name in guest.text
    assert guest.client.get("/home/profile/data.json").get_json()["passkeys"][0]["name"] == Passkey.get().name
    with db.atomic():
        erase(anna)
    assert not Passkey.select().exists()
