"""Staff find accounts by what imports brought of their addresses, changed and took back."""

from pathlib import Path

import pytest

from cabinet.billing import houses
from cabinet.billing.importer import import_billing
from cabinet.billing.jobs import run_next
from cabinet.billing.undo import take_back
from cabinet.models import Account, BilledHouse, HouseWord, ImportBatch, account_search, word_search
from cabinet.models.account_search import find_accounts
from cabinet.models.alone import alone
from cabinet.models.billed_house import house_of
from cabinet.models.database import db

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def known(database: object) -> None:
    """Two houses, one with an annex, a garage, a village without streets."""
    billed(
        ("771", "г. Клин, ул. Дачная, д. 3, кв. 1", ""),
        ("772", "г. Клин, ул. Дачная, д. 3, кв. 2", ""),
        ("773", "г. Клин, ул. Дачная, д. 30 корп. 1, кв. 1", ""),
        ("774", "ГСК Берёзка, бокс 3", ""),
        ("775", "д. Ёлкино, 5", ""),
        ("776", "Клин Южная 70-12", ""),
        ("777", "г. Клин, ул. 8 Марта, д. 4", "кв. 9"),
        ("778", "пос. Лесной", "17"),
    )


def billed(*accounts: tuple[str, str, str]) -> None:
    with db.atomic():
        for number, address, premises in accounts:
            Account.create(number=number, printed=number, address=address, premises=premises)
    houses.refresh()


def imported(folder: Path, *rows: str) -> None:
    file = folder / "october.csv"
    file.write_text("\n".join(("account;period;amount_due;address", *rows)) + "\n", encoding="utf-8")
    assert not import_billing(file).refused
    run_next()


def found(query: str) -> list[str]:
    return sorted(row.number for row in find_accounts(query)[0])


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("дачная 3", ["771", "772"]),
        ("клин дачная 3 2", ["772"]),
        ("Кв. 2, дом 3, Дачная", ["772"]),
        ("дачная 30 1 1", ["773"]),
        ("берез 3", ["774"]),
        ("елкино 5", ["775"]),
        ("южная 70 12", ["776"]),
        ("марта 8 4 9", ["777"]),
        ("8 марта 4", ["777"]),
        ("лесной 17", ["778"]),
        ("дачная 4", []),
        ("3 2", []),
        ("%", []),
    ],
)
@pytest.mark.usefixtures("known")
def test_words_of_an_address_find_accounts(query: str, numbers: list[str]) -> None:
    assert found(query) == numbers


@pytest.mark.parametrize(
    ("address", "premises", "house"),
    [
        ("г. Клин, ул. Дачная, д. 3, кв. 1", "1", "г. Клин, ул. Дачная, д. 3"),
        ("Клин, Дачная, 3, 12а", "", "Клин, Дачная, 3"),
        ("Дачная д. 3 КВ.1", "", "Дачная д. 3"),
        ("Дачная д. 3, офис № 4/2", "", "Дачная д. 3"),
        ("Дачная, 3", "", "Дачная, 3"),
        ("кв-л Мира, д. 3", "", "кв-л Мира, д. 3"),
        ("СНТ Ромашка, кв. 5", "", "СНТ Ромашка, кв. 5"),
        ("Южная, д. 3, кв. 5, ком. 2", "", "Южная, д. 3, кв. 5"),
        ("Лесной", "7", "Лесной 7"),
        ("", "", " "),
    ],
)
def test_a_house_is_an_address_without_what_is_certainly_a_flat(
    address: str, premises: str, house: str
) -> None:
    assert house_of(address, premises) == house


@pytest.mark.parametrize(
    ("address", "premises", "queries"),
    [
        ("394000, г. Воронеж, ул. Ленина, 5", "", ("ленина 5", "воронеж ленина 5")),
        ("394000, г. Воронеж, ул. Ленина, 5", "кв. 2", ("ленина 5", "ленина 5 2")),
        ("г. Клин, ул. 1-я Садовая, 5", "", ("садовая 5", "1 садовая 5")),
        ("г. Клин, ул. 50 лет Октября, 7", "", ("октября 7",)),
        ("г. Клин, мкр 3, ул. Лесная, 5", "кв. 2", ("лесная 5 2",)),
    ],
)
def test_a_house_is_found_though_another_number_stands_before_it(
    address: str, premises: str, queries: tuple[str, ...]
) -> None:
    billed(("771", address, premises))
    assert [found(query) for query in queries] == [["771"]] * len(queries)


def test_what_an_import_brings_changes_and_takes_back_is_found_so(tmp_path: Path) -> None:
    assert not run_next()
    imported(tmp_path, "771;2026-09;1;Клин, Дачная, 3, 1", "772;2026-09;1;Клин, Дачная, 3, 2")
    assert found("дачная 3") == ["771", "772"]
    imported(tmp_path, "771;2026-10;1;Клин, Садовая, 3, 1", "773;2026-10;1;Клин, Дачная, 3, 3")
    assert (found("дачная 3"), found("садовая 3")) == (["772", "773"], ["771"])
    newest = ImportBatch.select().order_by(ImportBatch.id.desc()).first()
    assert newest.order_undo("system")
    take_back(newest)
    run_next()
    assert (found("дачная 3"), found("садовая 3")) == (["771", "772"], [])
    assert BilledHouse.select().count() == 1 and HouseWord.select().count() == 3


@pytest.mark.usefixtures("known")
def test_only_houses_that_changed_are_written(tmp_path: Path) -> None:
    before = {row.accounts: row.id for row in BilledHouse.select()}
    imported(tmp_path, "779;2026-10;1;д. Ёлкино, 6")
    after = {row.accounts: row.id for row in BilledHouse.select()}
    assert before.items() < after.items() and not houses.refresh()


def test_a_house_of_many_accounts_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(houses, "MOST", 2)
    monkeypatch.setattr(houses, "PAGE", 2)
    monkeypatch.setattr(houses, "PIECE", 2)
    billed(*((f"77{n}", f"Клин, Дачная, 3, {n}", "") for n in range(9)))
    assert len(found("дачная 3")) == 9 and found("дачная 3 8") == ["778"]


def test_too_many_are_said_to_be_more() -> None:
    billed(*((f"77{n}", f"Клин, Дачная, 3, {n}", "") for n in range(30)))
    rows, more = find_accounts("дачная")
    assert len(rows) == 20 and more


def test_no_house_is_written_while_an_import_is_at_work(tmp_path: Path) -> None:
    billed(("771", "Клин, Дачная, 3", ""))
    imported(tmp_path, "772;2026-10;1;Клин, Дачная, 4")
    batch = ImportBatch.get()
    with db.atomic():
        batch.close("failed")
    with alone("billing"):
        assert not houses.refresh(wait=False)
    assert houses.refresh(wait=False) and not houses.refresh()


def test_a_room_of_a_flat_is_found(database: object) -> None:
    billed(("779", "г. Клин, ул. Дачная, д. 3, кв. 5, комн. 7", ""))
    assert found("дачная 3 5 7") == ["779"]


def test_so_many_accounts_are_compared_and_no_more(known: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_search, "AT_ONCE", 1)
    monkeypatch.setattr(account_search, "LOOKED_AT", 2)
    accounts, more = find_accounts("клин")
    assert len(accounts) == 2 and more


@pytest.mark.parametrize(("most", "more"), [(1, True), (2, True), (3, False)])
def test_as_many_are_shown_and_whether_there_are_others(
    monkeypatch: pytest.MonkeyPatch, most: int, more: bool
) -> None:
    billed(*((f"77{n}", f"Клин, Дачная, 3, {n}", "") for n in range(3)))
    monkeypatch.setattr(account_search, "MOST", most)
    rows, others = find_accounts("дачная")
    assert ([row.number for row in rows], others) == (["770", "771", "772"][:most], more)


def test_one_that_is_all_there_may_be_is_said_to_be_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_search, "MOST", 1)
    monkeypatch.setattr(account_search, "AT_ONCE", 1)
    billed(*((f"77{n}", f"Клин, Дачная, 3, {n}", "") for n in range(1, 3)))
    rows, others = find_accounts("дачная 3 1")
    assert ([row.number for row in rows], others) == (["771"], False)


def test_of_houses_beyond_those_looked_at_it_is_said_that_there_are_some(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    billed(("771", "Клин, Дачная, 3", ""), ("772", "Клин, Дачная, 4", ""))
    assert find_accounts("дачная")[1] is False
    monkeypatch.setattr(word_search, "MOST", 1)
    rows, others = find_accounts("дачная")
    assert (len(rows), others) == (1, True)


def test_a_word_tells_of_a_place_from_three_letters() -> None:
    billed(("771", "п. Abc, д. 5", ""))
    assert found("abc 5") == ["771"]
    assert find_accounts("ab 5") == ([], False)


def test_flat_and_room_that_billing_has_beside_the_address_are_found() -> None:
    billed(
        ("779", "г. Клин, ул. Дачная, д. 3", "кв. 5, комн. 7"), ("780", "г. Клин, ул. Дачная, д. 3", "кв. 5")
    )
    assert found("дачная 3 5 7") == ["779"]


def test_an_account_whose_address_has_changed_since_is_not_found_by_the_one_before() -> None:
    billed(("771", "Клин, Дачная, 3, 1", ""))
    with db.atomic():
        Account.update(address="Клин, Садовая, 3, 1").execute()
    assert found("дачная 3") == []
