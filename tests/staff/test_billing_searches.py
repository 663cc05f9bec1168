"""Billing is searched as often as people telephone: who would read all of it is stopped, on record."""

from datetime import timedelta

import pytest
from flask import Flask

from cabinet.models import Attempt, Audit, Staff
from cabinet.models.database import db
from cabinet.models.limits import FIXED
from cabinet.staff.journal_words import action_of
from tests.cast import DACHNAYA, LESNAYA, PHONE, bill, resident, write_houses
from tests.placing import at_desk
from tests.staff.test_requests import asked
from tests.visitor import Visitor

INVITING = "/staff/registrations/invitations"
REFUSED = "Счета искали уже очень много раз"


@pytest.fixture(autouse=True)
def few(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two searches and two accounts in an hour."""
    bill()
    write_houses()
    monkeypatch.setitem(FIXED, "account-search", ((2, 3600),))
    monkeypatch.setitem(FIXED, "account-open", ((2, 3600),))


def search(desk: Visitor, query: str, page: str = f"{INVITING}/accounts") -> None:
    desk.get(page)
    desk.fill_and_submit("main form[role=search]", query=query)


def test_searches_beyond_the_limit_are_refused_with_words_on_record(desk: Visitor, clerk: Staff) -> None:
    user = resident(PHONE)
    search(desk, "лесная 5")
    search(desk, "клин дачная", f"/staff/resident/{user.id}/accounts")
    assert DACHNAYA in desk.text
    for _again in range(3):
        desk.get(f"{INVITING}/accounts")
        assert DACHNAYA in desk.text, "what was found already may be looked at again"
    asked()
    search(desk, "садовая 1", "/staff/request/12345678/accounts")
    assert desk.response.status_code == 429 and desk.response.headers["Retry-After"]
    assert (
        REFUSED in desk.text
        and desk.one("main input[name=query]")["value"] == "садовая 1"
        and "Ничего не нашли" not in desk.text
    )
    assert "2234567890" not in desk.text
    row = Audit.get(Audit.action == "staff-accounts-search-refused")
    assert row.actor == clerk.actor
    assert "слишком часто" in str(action_of(row).text)


def test_who_works_through_the_requests_is_not_refused(desk: Visitor) -> None:
    for number in ("12345678", "12345679", "12345670"):
        asked(number=number)
        desk.get(f"/staff/request/{number}")
        desk.press("button[formaction$='/find']")
        assert desk.response.status_code == 200 and REFUSED not in desk.text
    for query in ("лесная", "садовая"):
        search(desk, query)
        assert REFUSED not in desk.text


def test_it_goes_on_after_an_hour_and_for_a_colleague(app: Flask, desk: Visitor, admin: Staff) -> None:
    for query in ("лесная", "садовая", "дачная"):
        search(desk, query)
    assert REFUSED in desk.text
    other = at_desk(Visitor(app, htmx=desk.htmx), admin)
    search(other, "дачная")
    assert DACHNAYA in other.text
    with db.atomic():
        Attempt.update(at=Attempt.get().at - timedelta(hours=2)).execute()
    desk.get(f"{INVITING}/accounts")
    assert DACHNAYA in desk.text and REFUSED not in desk.text


def test_numbers_cannot_be_gone_through_either(desk: Visitor, clerk: Staff) -> None:
    user = resident(PHONE, accounts=[LESNAYA])
    asked()
    desk.get(f"{INVITING}/new/{DACHNAYA}")
    desk.get(f"/staff/request/12345678/accounts/{DACHNAYA}")
    desk.get(f"/staff/resident/{user.id}/accounts/{LESNAYA}")
    assert desk.response.status_code == 200, "what is linked may be unlinked"
    answer = desk.client.get(f"/staff/resident/{user.id}/accounts/{DACHNAYA}")
    assert answer.status_code == 429 and "Клин" not in answer.get_data(as_text=True)
    assert Audit.get(Audit.action == "staff-accounts-search-refused").actor == clerk.actor
