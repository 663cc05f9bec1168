"""Residents are found by what is known of them now, and no longer by what was."""

import pytest
from flask import Flask

from cabinet.models import (
    Account,
    ResidentWord,
    User,
    linking,
    profile,
    request_search,
    resident_search,
    word_search,
)
from cabinet.models.database import db
from cabinet.models.departure import erase
from cabinet.models.resident_search import catch_up, find, find_all
from tests.cast import DACHNAYA, LESNAYA, NEW_PHONE, PHONE, bill, resident
from tests.models.test_request import submit

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def anna(app: Flask) -> User:
    bill()
    return resident(PHONE, accounts=[LESNAYA], last_name="Ёлкина-Прутко", email="anna@example.org")


@pytest.mark.parametrize(
    "query", ["прутко", "анна ёлк", "лесная 5", "москва 12 елкина", "45 67", "anna@exam", PHONE, LESNAYA]
)
def test_a_resident_is_found(anna: User, query: str) -> None:
    resident("+79990000001", last_name="Прутов", first_name="Ян", email="b@example.org")
    assert find(query).keys == [anna.id] and not find("45 кв 67").keys and not find("—").keys


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


def test_what_stands_for_a_number_that_passed_on_is_no_number(database: object) -> None:
    assert word_search.words_of("", "", "", "~abcdef1234") == []


def test_a_file_has_each_resident_once_and_none_for_no_words(anna: User) -> None:
    resident("+79161234568", accounts=[DACHNAYA], last_name="Носов 916123")
    found = [key for keys in find_all("916123") for key in keys]
    assert len(found) == 2 == len(set(found))
    assert list(find_all("?")) == []


def test_of_requests_the_newest_are_shown_and_it_is_said_that_there_are_more(
    database: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    older, newest = submit(PHONE, key="1"), submit(PHONE, key="2")
    assert request_search.find(PHONE) == word_search.Found([newest.id, older.id])
    monkeypatch.setattr(request_search, "MOST", 1)
    assert request_search.find(PHONE) == word_search.Found([newest.id], more=True)


@SQLITE
@pytest.mark.parametrize("query", ["+7999000000", LESNAYA])
def test_that_there_are_more_is_said_of_more_alone(
    anna: User, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    for number in range(2):
        resident(f"+7999000000{number}", accounts=[LESNAYA])
    most = 3 if query == LESNAYA else 2
    monkeypatch.setattr(resident_search, "MOST", most)
    assert len(find(query).keys) == most and not find(query).more
    monkeypatch.setattr(resident_search, "MOST", most - 1)
    assert len(find(query).keys) == most - 1 and find(query).more
