"""Period, personal account and amount: what a receipt says, as people copy it."""

from datetime import date
from functools import partial

import pytest
from flask import Flask

from cabinet.models import Account, Attempt, Charge, Registration
from cabinet.models.database import db
from tests.placing import at_account, at_address
from tests.threads import together
from tests.visitor import Visitor, double

LOST = "Данного абонента нет в системе"


def _error(visitor: Visitor, **typed: str | None) -> None:
    visitor.fill_and_submit(**typed)
    assert visitor.path == "/register/account" and visitor.status == (422 if visitor.htmx else 200)


def test_the_three_latest_periods_can_be_chosen(visitor: Visitor, receipt: dict[str, str]) -> None:
    with db.atomic():
        for month in (5, 6, 7):
            Charge.create(period=date(2026, month, 1), account="1234567890", amount_due=421867)
    at_account(visitor)
    radios = visitor.page.find_all("input", attrs={"name": "period"})
    assert [radio["value"] for radio in radios] == ["2026-10", "2026-09", "2026-08"]
    labels = visitor.page.select("label:has(> [name=period])")
    assert [label.get_text(strip=True) for label in labels] == [
        "Октябрь 2026",
        "Сентябрь 2026",
        "Август 2026",
    ]
    _error(visitor, **{**receipt, "period": "2026-07"})
    assert "из списка" in visitor.error("period")
    assert Attempt.count("lookup-phone", "+79161234567", 86400) == 0, "and it was no look-up"


def test_numbers_and_amounts_are_read_as_people_write_them(
    visitor: Visitor, receipt: dict[str, str], app: Flask
) -> None:
    with db.atomic():
        Account.create(number="KA12345", printed="КА-123/45", address="г. Клин, ул. Дачная, д. 3")
        Charge.create(period=date(2026, 10, 1), account="KA12345", amount_due=5)
    at_account(visitor)
    for account, amount in (
        ("1234567890", "4 218,67"),
        ("123-456 7890", "4218.67 ₽"),
        ("0001234567890", "4\u00a0218,67"),
        ("л/с № 1234567890", "4218 руб. 67 коп."),
        ("12З456789О", "4000"),
        ("ка 123-45", "0,05"),
        ("KA12345", "0.05"),
    ):
        visitor.get("/register/account")
        visitor.fill_and_submit(period="2026-10", account=account, amount=amount)
        assert visitor.path == "/register/address", (account, amount, visitor.text)
    assert "Дачная" in visitor.text and "КА-123/45" in visitor.text, "as it is printed"
    assert Attempt.select().where(Attempt.kind.startswith("lookup")).count() == 0, "a hit costs nothing"


@pytest.mark.parametrize(
    "change", [{"period": "2026-09", "amount": "1,00"}, {"account": "1234567891"}, {"amount": "4 218,66"}]
)
def test_one_wrong_fact_is_not_told_from_another(
    visitor: Visitor, receipt: dict[str, str], change: dict[str, str]
) -> None:
    typed = {**receipt, **change}
    at_account(visitor)
    _error(visitor, **typed)
    assert LOST in visitor.text
    assert {name: visitor.value(name) for name in typed} == typed, "what was typed stays"
    assert not visitor.page.select("[aria-invalid=true]"), "nothing says which of the three it was"
    assert "Лесная" not in visitor.text
    assert Registration.get().account_id is None
    visitor.fill_and_submit(**receipt)
    assert visitor.path == "/register/address", "correct it and go on"


def test_not_found_there_is_another_way(visitor: Visitor, receipt: dict[str, str]) -> None:
    at_account(visitor)
    assert not visitor.page.find("a", string=lambda text: text and "заявку" in text)
    _error(visitor, **{**receipt, "account": "55555"})
    visitor.follow("Отправить заявку на подключение")
    assert visitor.status == 200 and visitor.path in ("/help", "/requests/new")


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("account", "", "Введите номер лицевого счёта"),
        ("account", "квартира", "Перепишите номер с квитанции"),
        ("account", "0000", "Перепишите номер с квитанции"),
        ("amount", "", "Введите сумму"),
        ("amount", "много", "Напишите сумму так"),
        ("amount", "12,345678", "Напишите сумму так"),
        ("amount", "٤٢١٨", "Напишите сумму так"),
        ("period", None, "Выберите расчётный период"),
        ("period", "когда-то", "Выберите расчётный период из списка"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_cannot_be_read_is_told_beside_its_field(
    visitor: Visitor, receipt: dict[str, str], field: str, typed: str | None, sentence: str
) -> None:
    at_account(visitor)
    _error(visitor, **{**receipt, field: typed})
    assert sentence in visitor.error(field)
    assert LOST not in visitor.text
    for other in ("account", "amount"):
        assert visitor.value(other) == ((typed or "") if other == field else receipt[other])


def test_the_newest_month_is_chosen_from_the_start(visitor: Visitor, receipt: dict[str, str]) -> None:
    at_account(visitor)
    assert visitor.value("period") == receipt["period"]
    del receipt["period"]
    visitor.fill_and_submit(**receipt)
    assert visitor.path == "/register/address"


def test_the_keyboard_of_a_phone_has_letters_only_where_numbers_have_some(
    visitor: Visitor, receipt: dict[str, str]
) -> None:
    at_account(visitor)
    assert visitor.one("#account")["inputmode"] == "numeric"
    with db.atomic():
        Account.create(number="80PC558347", printed="80РС558347", address="x")
    visitor.get("/register/account")
    assert visitor.one("#account")["inputmode"] == "text"


def test_where_to_look_is_shown_by_itself_after_a_miss(visitor: Visitor, receipt: dict[str, str]) -> None:
    at_account(visitor)
    assert "Где это на квитанции?" in visitor.text and not visitor.one("details.where").has_attr("open")
    _error(visitor, **{**receipt, "amount": "1,00"})
    assert visitor.one("details.where").has_attr("open")


def test_misses_are_counted_down_and_at_the_limit_the_request_comes_first(
    visitor: Visitor, receipt: dict[str, str]
) -> None:
    at_account(visitor)
    for said in ("", "", "Осталось 2 попытки", "Осталась 1 попытка", "Попытки закончились"):
        assert not visitor.page.select(".button--primary[href]")
        _error(visitor, **{**receipt, "amount": "1,00"})
        words = visitor.text.replace("\xa0", " ")
        assert said in words and ("Остал" in words) == said.startswith("Остал")
    for again in (False, True):
        if again:
            visitor.get("/register/account")
        assert visitor.page.select("a.button--primary[href='/requests/new']")
        wait = int(str(visitor.one("[data-countdown]")["data-countdown"]))
        assert 3500 < wait <= 3600 and "через 60 мин" in visitor.text.replace("\xa0", " ")
        assert not visitor.page.select("button.button--primary")
    visitor.fill_and_submit(**receipt)
    assert visitor.status == 429 and len(visitor.page.select("a[href='/requests/new']")) == 1


def test_misses_per_resident_are_limited(visitor: Visitor, receipt: dict[str, str], app: Flask) -> None:
    at_account(visitor)
    for number in range(5):
        _error(visitor, **{**receipt, "account": f"777{number}"})
    visitor.fill_and_submit(**receipt)
    assert visitor.status == 429 and int(visitor.response.headers["Retry-After"]) > 3000
    assert "Слишком много попыток" in visitor.text
    assert visitor.value("account") == receipt["account"]
    visitor.follow("Отправить заявку на подключение")
    assert visitor.path == "/requests/new" and visitor.value("account") == receipt["account"]
    other = Visitor(app, htmx=visitor.htmx)
    at_address(other, receipt, "+79160000001")


@pytest.mark.settings(lookup_per_account_day=2)
def test_misses_per_account_are_limited(visitor: Visitor, receipt: dict[str, str], app: Flask) -> None:
    for number in range(2):
        stranger = Visitor(app, ip=f"192.0.2.{number + 10}")
        at_account(stranger, f"+7916000000{number}")
        _error(stranger, **{**receipt, "amount": "1,00"})
    at_account(visitor)
    visitor.fill_and_submit(**{**receipt, "amount": "2,00"})
    assert visitor.status == 429 and "Retry-After" in visitor.response.headers


@pytest.mark.settings(lookup_per_account_day=2, lookup_per_ip_hour=3)
def test_whatever_strangers_typed_the_holder_gets_through(
    visitor: Visitor, receipt: dict[str, str], app: Flask
) -> None:
    for number in range(3):
        stranger = Visitor(app)
        at_account(stranger, f"+7916000000{number}")
        for _ in range(5):
            stranger.fill_and_submit(**{**receipt, "amount": "1,00"})
    at_account(visitor)
    for _ in range(2):
        visitor.fill_and_submit(**{**receipt, "amount": "2,00"})
        assert visitor.status == 429
    visitor.fill_and_submit(**receipt)
    assert visitor.path == "/register/address", "even after mistakes of one's own"


@pytest.mark.settings(lookup_per_ip_hour=2)
def test_misses_per_client_address_are_limited(visitor: Visitor, receipt: dict[str, str], app: Flask) -> None:
    for number in range(2):
        stranger = Visitor(app)
        at_account(stranger, f"+7916000000{number}")
        _error(stranger, **{**receipt, "account": f"777{number}"})
    at_account(visitor)
    visitor.fill_and_submit(**{**receipt, "amount": "2,00"})
    assert visitor.status == 429
    visitor.ip = "192.0.2.77"
    _error(visitor, **{**receipt, "amount": "2,00"})


def test_parallel_misses_are_counted_exactly(app: Flask, receipt: dict[str, str]) -> None:
    visitor = Visitor(app, htmx=True)
    at_account(visitor)
    guessers = [double(visitor, app) for _ in range(10)]

    def guess(who: Visitor, amount: int) -> int:
        who.fill_and_submit(**{**receipt, "amount": str(amount)})
        return who.status

    answers = together([partial(guess, who, amount) for amount, who in enumerate(guessers, 1)])
    assert sorted(answers) == [422] * 5 + [429] * 5
    counts = {
        kind: Attempt.select().where(Attempt.kind == kind).count()
        for kind in ("lookup-phone", "lookup-account", "lookup-ip")
    }
    assert set(counts.values()) == {5}, counts


def test_misses_by_els_and_zhku_are_those_of_the_account(app: Flask, receipt: dict[str, str]) -> None:
    with db.atomic():
        Account.update(els="20МВ123456").where(Account.number == receipt["account"]).execute()
    visitor = Visitor(app)
    at_account(visitor)
    for typed in ("20МВ123456", "20mb123456-07", "20 МВ 123456-08", receipt["account"]):
        _error(visitor, **{**receipt, "account": typed, "amount": "1"})
    counted = Attempt.select(Attempt.subject).where(Attempt.kind == "lookup-account")
    assert [attempt.subject for attempt in counted] == [receipt["account"]] * 4


def test_without_billing_the_step_still_stands(visitor: Visitor) -> None:
    at_account(visitor)
    assert not visitor.page.find("input", attrs={"type": "radio"})
    _error(visitor, account="1234567890", amount="1")
    assert visitor.text
