"""A later import brings the account: staff see it, the resident is invited."""

from pathlib import Path

import pytest
from peewee import Database

from cabinet.billing.importer import import_billing
from cabinet.delivery import message_texts
from cabinet.models import Account, ConnectionRequest, Message, matching
from cabinet.models.database import db
from tests.cast import resident, told
from tests.models.matched import match_requests
from tests.requests.conftest import make


def bill(address: str, number: str = "555") -> None:
    with db.atomic():
        Account.create(number=number, printed=f"{number}-1", address=address)


def fresh(request: ConnectionRequest) -> ConnectionRequest:
    return ConnectionRequest.get_by_id(request.id)


PLACE = {"city": "Клин", "street": "ул. Дачная", "house": "3", "building": "2", "flat": "7"}


@pytest.mark.parametrize(
    ("typed", "billed"),
    [
        ({}, "г. Клин, ул. Дачная, д. 3, корп. 2, кв. 7"),
        ({}, "141600, Московская обл, г Клин, ул Дачная, д.3, к.2, кв.7"),
        ({}, "КЛИН Г., ДАЧНАЯ УЛ., 3/2-7"),
        ({}, "Московская область, Клин, улица Дачная, дом 3к2, квартира 007"),
        ({"house": "3к2", "building": ""}, "г Клин, ул Дачная, д 3, корпус 2, кв 7"),
        ({"building": "", "flat": ""}, "Клин, Дачная, 3"),
        ({"house": "5 А", "building": ""}, "г. Клин, ул. Дачная, д. 5А, кв. 7"),
        ({"house": "5A", "building": ""}, "г. Клин, ул. Дачная, д. 5-а, кв. 7"),
        ({"street": "1-я Дачная", "building": ""}, "г Клин, ул 1 Дачная, д 3, кв 7"),
        ({"street": "пр-кт Мира", "building": ""}, "Клин г, Мира пр-т, дом 3, кв. 7"),
        ({"city": "Орёл", "street": "ул. Зелёная"}, "г. Орел, ул. Зеленая, д. 3, стр. 2, кв. 7"),
        ({"city": "Орел", "street": "ул. Зеленая"}, "г. ОРЁЛ, ул. ЗЕЛЁНАЯ, д. 3, корп. 2, кв. 7"),
        ({"street": "8 Марта"}, "г. Клин, ул. 8-го Марта, д. 3, корп. 2, кв. 7"),
    ],
)
def test_one_address_in_many_spellings(database: Database, typed: dict[str, str], billed: str) -> None:
    request = make(**{**PLACE, **typed}, account="", account_key="")
    bill("г. Клин, ул. Садовая, д. 3, корп. 2, кв. 7", "444")
    bill(billed)
    assert match_requests() == 1
    assert fresh(request).matched_account == "555"


@pytest.mark.parametrize(
    "billed",
    [
        "г. Клин, ул. Дачная, д. 3, корп. 2, кв. 8",
        "г. Клин, ул. Дачная, д. 3, кв. 7",
        "г. Клин, ул. Дачная, д. 2, корп. 3, кв. 7",
        "г. Клин, ул. Садовая, д. 3, корп. 2, кв. 7",
        "г. Тверь, ул. Дачная, д. 3, корп. 2, кв. 7",
        "г. Клин, ул. Дачная, д. 3а, корп. 2, кв. 7",
        "г. Клин, ул. Дачная",
        "",
    ],
)
def test_another_address_is_no_match(database: Database, billed: str) -> None:
    request = make(**PLACE)
    bill(billed)
    assert match_requests() == 0 and fresh(request).matched_account is None
    assert told("anna@example.org") == []


def test_the_resident_is_invited_and_staff_see_it(database: Database) -> None:
    request = make(**PLACE)
    bill("г. Клин, ул. Дачная, д. 3, корп. 2, кв. 7")
    assert match_requests() == 1
    assert told("anna@example.org") == ["request_matched"]
    letter = message_texts.mail(Message.get(Message.template == "request_matched"))
    assert "Закончите регистрацию" in letter.text and request.number in letter.text
    assert "555-1" not in letter.text + letter.html, "who only typed an address learns no account"
    (note,) = fresh(request).notes()
    assert note.kind == "note" and note.staff is None and "555-1" in note.text and "Дачная" in note.text


def test_a_resident_is_told_to_add_the_address(database: Database) -> None:
    make(**PLACE, user=resident())
    bill("г. Клин, ул. Дачная, д. 3, корп. 2, кв. 7")
    match_requests()
    letter = message_texts.mail(Message.get(Message.template == "request_matched"))
    assert "Добавить адрес" in letter.text and "Закончите регистрацию" not in letter.text


def test_by_sms_where_there_is_no_address(database: Database) -> None:
    make(**PLACE, email="")
    bill("г. Клин, ул. Дачная, д. 3, корп. 2, кв. 7")
    match_requests()
    message = Message.get(Message.template == "request_matched")
    assert (message.channel, message.to) == ("sms", "+79161234567")
    assert message_texts.segments(message_texts.sms(message)) == 1


def test_a_request_is_matched_once(database: Database) -> None:
    request = make(**PLACE)
    bill("г. Клин, ул. Дачная, д. 3, корп. 2, кв. 7")
    assert (match_requests(), match_requests()) == (1, 0)
    assert told("anna@example.org") == ["request_matched"] and len(fresh(request).notes()) == 1


def test_what_billing_changed_since_it_was_found_counts_no_more(database: Database) -> None:
    request = make(**PLACE)
    (waiting,) = map(matching.Waiting, matching.waiting_requests())
    waiting.found = ["555", "556"]
    bill("г. Тверь, ул. Иная, д. 1")  # and 556 is gone
    assert not waiting.settle() and fresh(request).matched_account is None


def test_all_accounts_are_looked_at_a_page_at_a_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "PAGE", 2)
    request = make(**PLACE)
    for number in ("551", "552", "553", "554"):
        bill("г. Клин, ул. Садовая, д. 3", number)
    bill("г. Клин, ул. Дачная, д. 3, корп. 2, кв. 7")
    with db.atomic():
        Account.update(printed="Я").execute()
    assert (matching.match_requests(), fresh(request).matched_account) == (1, "555")
    assert matching.match_requests() == 0


@pytest.mark.parametrize("state", ["done", "refused"])
def test_closed_requests_rest(database: Database, state: str) -> None:
    make(**PLACE, state=state)
    bill("г. Клин, ул. Дачная, д. 3, корп. 2, кв. 7")
    assert match_requests() == 0


def test_of_several_accounts_the_typed_number_counts(database: Database) -> None:
    request = make(**PLACE, account="556", account_key="556")
    for number in ("555", "556", "557"):
        bill("г. Клин, ул. Дачная, д. 3, корп. 2, кв. 7", number)
    assert match_requests() == 1 and fresh(request).matched_account == "556"
    assert all(number in fresh(request).notes()[0].text for number in ("555-1", "556-1", "557-1"))


def test_a_number_at_another_address_is_only_noted(database: Database) -> None:
    request = make(**PLACE, account="556", account_key="556")
    bill("г. Тверь, ул. Иная, д. 1", "556")
    assert (match_requests(), match_requests()) == (0, 0)
    assert fresh(request).matched_account is None and told("anna@example.org") == []
    (note,) = fresh(request).notes()
    assert "по другому адресу" in note.text and "Тверь" in note.text


def test_an_address_without_words_matches_nothing(database: Database) -> None:
    make(city="г", street="1", house="3", building="", flat="")
    bill("г. Клин, ул. 1, д. 3")
    assert match_requests() == 0


def test_many_accounts_and_requests(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cabinet.billing.matching.PAGE", 7)
    for flat in range(1, 51):
        bill(f"г. Клин, ул. Дачная, д. 1, кв. {flat}", f"7{flat:03}")
    for flat in (1, 7, 8, 50, 51):
        make(city="Клин", street="Дачная", house="1", building="", flat=str(flat), idempotency_key=str(flat))
    assert match_requests() == 4


def test_an_import_matches(database: Database, tmp_path: Path) -> None:
    request = make(**PLACE)
    file = tmp_path / "billing.csv"
    file.write_text(
        "Лицевой счёт;Адрес;Период;К оплате\n555;г. Клин, ул. Дачная, д. 3, корп. 2, кв. 7;10.2026;100,00\n",
        encoding="utf-8",
    )
    assert import_billing(file, dry_run=True).matched_requests == 0
    assert fresh(request).matched_account is None
    assert import_billing(file).matched_requests == 1
    assert fresh(request).matched_account == "555"


def noted(request: ConnectionRequest) -> list[str]:
    return [note.text for note in fresh(request).notes()]


def test_what_is_likely_is_noted_once_and_invites_nobody(database: Database) -> None:
    request = make(**PLACE)
    bill("г. Клин, Дачный пер., д. 3, корп. 2, кв. 7")
    assert (match_requests(), match_requests()) == (0, 0)
    assert fresh(request).matched_account is None and told("anna@example.org") == []
    assert noted(request) == ["Возможно, это лицевой счёт 555-1, г. Клин, Дачный пер., д. 3, корп. 2, кв. 7"]


def test_two_places_that_could_both_be_meant_are_for_staff_to_tell_apart(database: Database) -> None:
    request = make(**PLACE)
    bill("д. Клин, ул. Дачная, д. 3, корп. 2, кв. 7")
    bill("г. Клин, ул. Дачная, д. 3, корп. 2, кв. 7", "556")
    assert match_requests() == 0 and told("anna@example.org") == []
    (note,) = noted(request)
    assert note.startswith("Возможно") and "555-1" in note and "556-1" in note


def test_the_typed_number_tells_two_places_apart(database: Database) -> None:
    request = make(**PLACE, account="556", account_key="556")
    bill("д. Клин, ул. Дачная, д. 3, корп. 2, кв. 7")
    bill("г. Клин, ул. Дачная, д. 3, корп. 2, кв. 7", "556")
    assert match_requests() == 1 and fresh(request).matched_account == "556"


def test_accounts_of_a_house_without_flats_are_only_likely(database: Database) -> None:
    request = make(**{**PLACE, "building": "", "flat": ""}, account="", account_key="")
    for number in range(551, 560):
        bill("г. Клин, ул. Дачная, д. 3", str(number))
    assert match_requests() == 0 and told("anna@example.org") == []
    (note,) = noted(request)
    assert "551-1" in note and note.endswith(" и ещё 4")


def test_the_flat_may_stand_in_a_field_of_its_own(database: Database) -> None:
    request = make(**PLACE)
    for number, premises in (("555", "кв. 8"), ("556", "7"), ("557", "")):
        bill("г. Клин, ул. Дачная, д. 3, корп. 2", number)
        with db.atomic():
            Account.update(premises=premises).where(Account.number == number).execute()
    assert match_requests() == 1 and fresh(request).matched_account == "556"


def test_a_number_at_a_likely_address_is_no_other_address(database: Database) -> None:
    request = make(**PLACE, account="555", account_key="555")
    bill("г. Клин, ул. Дачная, д. 3, корп. 2")
    assert match_requests() == 0
    assert noted(request) == ["Возможно, это лицевой счёт 555-1, г. Клин, ул. Дачная, д. 3, корп. 2"]
