"""The list of addresses: «+», «Убрать», and nobody else's."""

import threading

import pytest
from flask import Flask

from cabinet.models import Account, AccountLink, Attempt, Message, User, linking
from cabinet.models.database import db
from config import Settings
from tests.cast import DACHNAYA, LESNAYA, OTHER_PHONE, PHONE, SADOVAYA, bill, receipt_of, resident, told
from tests.placing import signed_in
from tests.visitor import Visitor

NOT_FOUND = "Данного абонента нет в системе"


@pytest.fixture
def anna(database: object) -> User:
    bill()
    return resident(accounts=[LESNAYA])


def to_new_account(visitor: Visitor) -> None:
    """By «+» to the three fields."""
    visitor.get("/home")
    visitor.follow("Добавить адрес")
    assert visitor.path == "/home/accounts/new"


def test_the_cabinet_shows_who_and_what(guest: Visitor, anna: User) -> None:
    signed_in(guest)
    assert "Здравствуйте, Анна!" in guest.text and "+7 916 123-45-67" in guest.text
    assert "Лесная" in guest.text and LESNAYA in guest.text
    assert "4 218,67" in guest.text.replace("\u202f", " ") and "октябрь" in guest.text
    assert "+" in guest.text and "Садовая" not in guest.text


def test_a_new_address_is_in_the_list_at_once(visitor: Visitor, anna: User) -> None:
    signed_in(visitor)
    to_new_account(visitor)
    for label in ("Расчётный период", "Номер лицевого счёта", "Сумма к оплате", "Добавить"):
        assert label in visitor.text
    visitor.fill_and_submit(**receipt_of(SADOVAYA))
    assert visitor.path == "/home" and "Адрес добавлен" in visitor.text
    cards = [card.get_text(" ", strip=True) for card in visitor.page.select("#addresses article")]
    assert len(cards) == 2 and "Лесная" in cards[0] and "Садовая" in cards[1]
    assert told("staff") == ["account_linked"]
    assert Message.get(Message.channel == "staff").data["address"].endswith("Садовая, д. 1, кв. 7")
    assert not Attempt.select().where(Attempt.kind.startswith("lookup")).exists(), "a hit counts nothing"


def test_who_holds_the_account_is_told(app: Flask, guest: Visitor, anna: User) -> None:
    other = resident(OTHER_PHONE, accounts=[SADOVAYA])
    signed_in(guest)
    to_new_account(guest)
    guest.fill_and_submit(**receipt_of(SADOVAYA))
    assert told(other.email) == ["account_linked_by_other"]
    assert told(anna.email) == []


def test_already_linked_says_so(visitor: Visitor, anna: User) -> None:
    signed_in(visitor)
    to_new_account(visitor)
    visitor.fill_and_submit(**receipt_of(LESNAYA))
    assert "уже есть в вашем списке" in visitor.error("account") and "некорректные" not in visitor.text
    assert visitor.value("account") == LESNAYA and told("staff") == []


@pytest.mark.parametrize("typed", ["20МВ123456", "20 mb 123456-07"])
def test_already_linked_says_so_of_its_els_and_zhku_too(visitor: Visitor, anna: User, typed: str) -> None:
    with db.atomic():
        Account.update(els="20МВ123456").where(Account.number == LESNAYA).execute()
    signed_in(visitor)
    to_new_account(visitor)
    visitor.fill_and_submit(**receipt_of(LESNAYA, account=typed))
    assert "уже есть в вашем списке" in visitor.error("account") and visitor.value("account") == typed


@pytest.mark.parametrize(
    "wrong", [{"period": "2026-09", "amount": "1,00"}, {"amount": "1,00"}, {"account": "9999999999"}]
)
def test_a_miss_does_not_say_what_was_wrong(app: Flask, anna: User, wrong: dict[str, str]) -> None:
    visitor = Visitor(app)
    signed_in(visitor)
    to_new_account(visitor)
    visitor.fill_and_submit(**receipt_of(SADOVAYA, **wrong))
    assert NOT_FOUND in visitor.text and visitor.one("title").get_text().startswith("Ошибка:")
    assert "должны совпадать с квитанцией" in visitor.text
    assert visitor.value("account") == wrong.get("account", SADOVAYA), "what was typed stays"
    assert AccountLink.select().count() == 1


def test_misses_are_counted_as_in_the_registration(
    app: Flask, guest: Visitor, anna: User, settings: Settings
) -> None:
    signed_in(guest)
    to_new_account(guest)
    for _ in range(settings.lookup_per_user_hour):
        guest.fill_and_submit(**receipt_of(SADOVAYA, amount="1,00"))
        assert NOT_FOUND in guest.text
    guest.fill_and_submit(**receipt_of(SADOVAYA))
    assert guest.status == 429 and "Попробуйте ещё раз через" in guest.text
    assert guest.response is not None and int(guest.response.headers["Retry-After"]) > 0
    assert AccountLink.select().count() == 1
    guest.follow("Отправить заявку")
    assert guest.path == "/requests/new" and guest.value("account") == SADOVAYA, "there is another way on"


def test_unlinking_asks_first(visitor: Visitor, anna: User) -> None:
    signed_in(visitor)
    visitor.follow("Убрать")
    assert visitor.title == "Убрать адрес из списка?" and "Лесная" in visitor.text
    assert linking.holds(anna, LESNAYA)
    visitor.fill_and_submit("form[action$='/unlink']")
    assert visitor.path == "/home" and "Адрес убран" in visitor.text
    assert not visitor.page.select("#addresses article")
    assert told("staff") == ["account_unlinked"] and not linking.holds(anna, LESNAYA)
    assert Account.get_or_none(Account.number == LESNAYA), "billing keeps it"


def test_accounts_of_others_are_as_good_as_missing(app: Flask, guest: Visitor, anna: User) -> None:
    resident(OTHER_PHONE, accounts=[SADOVAYA])
    signed_in(guest)
    token = guest.csrf_token
    answers = set()
    for number in (SADOVAYA, DACHNAYA, "9999999999", "'", "%00", "1" * 300):
        guest.get(f"/home/accounts/{number}/unlink")
        assert guest.status == 404 and "Садовая" not in guest.text
        seen = guest.text
        guest.post(f"/home/accounts/{number}/unlink", {"csrf_token": token})
        assert guest.status == 404
        answers.add((seen, guest.text.replace(seen, "")))
    assert len(answers) == 1
    assert linking.holds(User.get(User.phone == OTHER_PHONE), SADOVAYA)


def test_extra_fields_link_nothing_else(app: Flask, guest: Visitor, anna: User) -> None:
    other = resident(OTHER_PHONE)
    signed_in(guest)
    to_new_account(guest)
    token = guest.csrf_token
    guest.post(
        "/home/accounts/new", {**receipt_of(SADOVAYA), "csrf_token": token, "user": other.id, "verified": "1"}
    )
    assert linking.holds(User.get(User.phone == PHONE), SADOVAYA) and not linking.holds(other, SADOVAYA)


def test_nobody_gets_in_without_signing_in(guest: Visitor, anna: User) -> None:
    guest.get("/")
    token = guest.csrf_token
    for path in ("/home", "/home/accounts/new", f"/home/accounts/{LESNAYA}/unlink"):
        guest.get(path)
        assert guest.path == "/" and "Лесная" not in guest.text
        if path != "/home":
            guest.post(path, {**receipt_of(SADOVAYA), "csrf_token": token})
            assert guest.path == "/"
    assert AccountLink.select().count() == 1


def test_parallel_links_are_one(anna: User) -> None:
    results: list[bool] = []
    barrier = threading.Barrier(6)

    def link() -> None:
        with db.connection_context():
            barrier.wait()
            results.append(linking.link(User.get_by_id(anna.id), Account.get_by_id(SADOVAYA), "192.0.2.1"))

    threads = [threading.Thread(target=link) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False] * 5 + [True] and told("staff") == ["account_linked"]


def test_what_was_unlinked_elsewhere_is_gone_at_the_next_request(
    app: Flask, guest: Visitor, anna: User
) -> None:
    signed_in(guest)
    linking.unlink(anna, Account.get_by_id(LESNAYA), "192.0.2.1")
    guest.reload()
    assert "Лесная" not in guest.text
    guest.get(f"/home/accounts/{LESNAYA}/unlink")
    assert guest.status == 404
