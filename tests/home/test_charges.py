"""What the home says of the charges of an address, and the buttons that take something away."""

from datetime import date

import pytest

from cabinet.models import Account, Charge, User
from cabinet.models.database import db
from tests.cast import LESNAYA
from tests.markup import attribute
from tests.placing import signed_in
from tests.visitor import Visitor


def card_of(visitor: Visitor, street: str) -> str:
    """What the card of an address says."""
    cards = [card.get_text(" ", strip=True) for card in visitor.page.select("#addresses article")]
    return next(card for card in cards if street in card).replace("\u202f", " ").replace("\xa0", " ")


def owe(number: str, amount: int | None, month: int = 10) -> None:
    """Let the account owe so many kopecks for a month."""
    with db.atomic():
        Charge.update(amount_due=amount).where(
            Charge.account == number, Charge.period == date(2026, month, 1)
        ).execute()


def test_the_sum_says_what_it_is(guest: Visitor, anna: User) -> None:
    signed_in(guest)
    assert "К оплате за октябрь 4 218,67 ₽" in card_of(guest, "Лесная")
    for amount, words in ((0, "За октябрь Оплачено"), (-15030, "За октябрь Переплата 150,30 ₽")):
        owe(LESNAYA, amount)
        guest.reload()
        assert words in card_of(guest, "Лесная") and "К оплате" not in card_of(guest, "Лесная")
    owe(LESNAYA, None)
    guest.reload()
    assert "Начислений пока нет" in card_of(guest, "Лесная")


def test_the_three_months_that_billing_knows_can_be_seen(guest: Visitor, anna: User) -> None:
    owe(LESNAYA, -15030, month=9)
    owe(LESNAYA, 0, month=8)
    signed_in(guest)
    months = [row.get_text(" ", strip=True) for row in guest.page.select("#addresses details div")]
    assert [row.replace("\xa0", " ") for row in months] == [
        "Октябрь 2026 4 218,67 ₽",
        "Сентябрь 2026 Переплата 150,30 ₽",
        "Август 2026 0,00 ₽",
    ]


PAY = "https://pay.example.ru/?account={account}&sum={amount}&month={period}"


@pytest.mark.settings(pay_url=PAY)
def test_what_is_due_can_be_paid_where_the_company_takes_money(guest: Visitor, anna: User) -> None:
    with db.atomic():
        Account.update(printed="70/12 &").where(Account.number == LESNAYA).execute()
    signed_in(guest)
    link = guest.page.select_one("#addresses a.button")
    assert attribute(link, "href") == (
        "https://pay.example.ru/?account=70%2F12%20%26&sum=4218.67&month=2026-10"
    )
    for nothing in (0, -15030, None):
        owe(LESNAYA, nothing)
        guest.reload()
        assert not guest.page.select("#addresses a.button"), "there is nothing to pay"


def test_without_an_address_nothing_is_offered_for_paying(guest: Visitor, anna: User) -> None:
    signed_in(guest)
    assert "Оплатить" not in guest.text


def test_the_safe_way_is_the_strong_one(guest: Visitor, anna: User) -> None:
    signed_in(guest)
    for path, safe, destructive in (
        (f"/home/accounts/{LESNAYA}/unlink", "Оставить", "Убрать адрес"),
        ("/home/profile/delete", "Не удалять кабинет", "Отозвать согласие и удалить кабинет"),
    ):
        guest.get(path)
        kinds = {
            b.get_text(" ", strip=True).replace("\xa0", " "): b["class"] for b in guest.page.select(".button")
        }
        assert "button--primary" in kinds[safe] and "button--danger" in kinds[destructive]
