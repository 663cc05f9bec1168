"""From a request a clerk finds its account in billing: it is linked, or who has no cabinet is invited."""

import pytest

from cabinet.billing import houses
from cabinet.models import (
    Account,
    Audit,
    ConnectionRequest,
    Heartbeat,
    Message,
    Staff,
    User,
    casework,
    linking,
)
from cabinet.models.database import db
from cabinet.models.request_account import settle
from tests.cast import PHONE, resident, write_houses
from tests.staff.test_requests import asked
from tests.visitor import Visitor

CARD = "/staff/request/12345678"
FOUND = f"{CARD}/accounts"
FIND = "button[formaction$='/find']"


@pytest.fixture(autouse=True)
def billed(app: object) -> Account:
    """Two flats of the house that was asked for, and another house."""
    with db.atomic():
        for number, house in (("771", "3, кв. 1"), ("772", "3, кв. 2"), ("773", "30, кв. 1")):
            Account.create(number=number, printed=number, address=f"г. Клин, ул. Дачная, д. {house}")
    write_houses()
    found: Account = Account.get_by_id("771")
    return found


def again() -> ConnectionRequest:
    found: ConnectionRequest = ConnectionRequest.get()
    return found


def told() -> list[str]:
    """What residents were sent, and by which channel."""
    rows = Message.select().where(Message.channel != "staff").order_by(Message.created_at)
    return [f"{row.channel} {row.template}" for row in rows]


def test_who_has_no_cabinet_is_invited_and_the_request_closed(desk: Visitor, clerk: Staff) -> None:
    asked(flat="1")
    desk.get(CARD)
    desk.press(FIND, reply="Половина ответа")
    assert desk.path == FOUND and "771" in desk.text and "772" not in desk.text and "773" not in desk.text
    desk.follow("771")
    assert "Пригласить жителя?" in desk.text and "кв. 1" in desk.text
    desk.press("button[name=close][value=y]")
    assert desk.path == CARD and "Приглашение отправлено." in desk.text
    found = again()
    assert (found.state, found.matched_account, found.assignee) == ("done", "771", clerk.id)
    assert told() == ["mail request_matched"], "and no second message that it is done"
    assert "Житель приглашён, лицевой счёт: 771" in desk.text
    assert desk.one("textarea[name=reply]").get_text() == "Половина ответа"
    row = Audit.get(Audit.action == "staff-request-matched")
    assert (row.actor, row.subject, row.detail) == (clerk.actor, "12345678", {"account": "771"})


def test_who_has_a_cabinet_sees_the_account_there(desk: Visitor) -> None:
    anna: User = resident(PHONE, email="anna@example.org")
    asked(flat="1", user=anna, phone=PHONE)
    desk.get(f"{FOUND}/771")
    assert "Добавить счёт жителю?" in desk.text
    desk.press("button[name=close][value='']")
    assert "Счёт добавлен" in desk.text and again().state == "new"
    assert linking.holds(anna, "771") and told() == ["mail account_linked_by_staff"]


def test_billing_is_searched_by_account_or_other_words(desk: Visitor) -> None:
    asked(account="772", account_key="772")
    desk.get(CARD)
    desk.press(FIND)
    assert "кв. 2" in desk.text and "кв. 1" not in desk.text
    desk.fill_and_submit(f"form[action$='{FOUND}']", query="дачная 30")
    assert "773" in desk.text and "771" not in desk.text
    desk.fill_and_submit(f"form[action$='{FOUND}']", query="Нетакой")
    assert "Ничего не нашли" in desk.text


def test_what_was_found_by_an_import_is_invited_once(clerk: Staff, billed: Account) -> None:
    found = asked(matched_account="771")
    assert settle(found, billed, clerk, "", 0, close=True)
    assert told() == [] and again().state == "done"


def test_nothing_is_done_with_a_request_that_changed_meanwhile(desk: Visitor, admin: Staff) -> None:
    found = asked()
    desk.get(f"{FOUND}/771")
    casework.write_note(found, "Уже звонила", admin, "")
    desk.press("button[name=close][value=y]")
    assert "Заявка уже изменилась" in desk.text
    assert again().state == "new" and again().matched_account is None and told() == []


def test_a_double_press_invites_once(desk: Visitor) -> None:
    asked()
    desk.get(f"{FOUND}/771")
    typed = {"csrf_token": desk.csrf_token, "seen": desk.value("seen"), "close": "y"}
    for _press in range(2):
        desk.post(f"{FOUND}/771", typed)
    assert told() == ["mail request_matched"]


def test_a_closed_request_is_given_no_account(desk: Visitor, clerk: Staff, billed: Account) -> None:
    closed = asked(state="done")
    assert not settle(closed, billed, clerk, "", 0)
    desk.get(CARD)
    assert not desk.page.select(FIND)
    for address in (FOUND, f"{FOUND}/771"):
        desk.get(address)
        assert desk.path == CARD and "Заявка уже закрыта" in desk.text


def test_after_an_import_it_says_that_addresses_are_found_later(desk: Visitor) -> None:
    asked(flat="1")
    desk.get(CARD)
    desk.press(FIND)
    assert "Только что была загрузка" not in desk.text
    with db.atomic():
        Heartbeat.delete().where(Heartbeat.name == houses.DONE).execute()
    desk.get(FOUND)
    assert "Только что была загрузка" in desk.text


@pytest.mark.parametrize("number", ["none", "7" * 200, "7%00"])
def test_what_is_no_account_is_not_there(desk: Visitor, number: str) -> None:
    asked()
    assert desk.client.get(f"{FOUND}/{number}").status_code == 404
