"""Residents are found by what is known of them now, and no longer by what was."""

import pytest
from flask import Flask

from cabinet.models import Account, ResidentWord, User, linking, profile, word_search
from cabinet.models.database import db
from cabinet.models.departure import erase
from cabinet.models.resident_search import catch_up, find
from tests.cast import DACHNAYA, LESNAYA, NEW_PHONE, PHONE, bill, resident


@pytest.fixture
def anna(app: Flask) -> User:
    bill()
    return resident(PHONE, accounts=[LESNAYA], last_name="Ёлкина-Прутко", email="anna@example.org")


@pytest.mark.parametrize(
    "query", ["прутко", "анна ёлк", "лесная 5", "москва 12 елкина", "4567", "anna@exam", PHONE, LESNAYA]
)
def test_a_resident_is_found(anna: User, query: str) -> None:
    resident("+79990000001", last_name="Прутов", first_name="Ян", email="b@example.org")
    assert find(query).keys == [anna.id]


def test_a_change_is_followed(anna: User) -> None:
    profile.rename(anna, "Щукина", "Анна", "", "")
    assert find("щукина").keys and not find("прутко").keys
    profile.change_email(anna, "new@example.org", "")
    assert find("new@example.org").keys and not find("anna@example.org").keys
    profile.change_phone(anna, NEW_PHONE, "", "")
    assert find("1122").keys and not find("4567").keys


def test_addresses_come_and_go(anna: User) -> None:
    dacha = Account.get_by_id(DACHNAYA)
    linking.link(anna, dacha, "")
    assert find("клин дачная 3").keys == [anna.id] and find("лесная 5").keys
    linking.unlink(anna, dacha, "")
    assert not find("дачная 3").keys and find("лесная 5").keys


def test_erased_with_the_resident(anna: User) -> None:
    erase(anna)
    assert not ResidentWord.select().exists()


def test_words_that_are_out_of_date_are_written_anew(anna: User) -> None:
    assert catch_up(9) == 0
    with db.atomic():
        Account.update(address="г. Клин, ул. Новая, д. 8").where(Account.number == LESNAYA).execute()
        User.update(worded_at=None).execute()
    assert catch_up(9) == 1 and catch_up(9) == 0
    assert find("новая 8").keys == [anna.id] and not find("лесная 5").keys


def test_common_words_find_some_and_say_so(anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        resident(f"+7999000000{number}", last_name="Ёлкина")
    monkeypatch.setattr(word_search, "MOST", 3)
    found = find("елкина анна")
    assert len(found.keys) == 3 and found.more
    assert find("прутко анна") == word_search.Found([anna.id])
