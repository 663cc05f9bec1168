"""The address as residents are asked about it: whole, whatever columns it comes in."""

from pathlib import Path

import peewee
import pytest

from cabinet.billing.importer import import_billing
from cabinet.models import Account


def stored(path: Path, columns: dict[str, str]) -> str:
    """The address that is stored of a row with these columns; "" if it is rejected."""
    titles, cells = ";".join(columns), ";".join(columns.values())
    content = f"Лицевой счёт;Период;{titles};К оплате\n7;10.2026;{cells};5,00\n"
    (path / "a.csv").write_text(content, encoding="utf-8")
    import_billing(path / "a.csv")
    account = Account.get_or_none(Account.number == "7")
    return account.address if account else ""


@pytest.mark.parametrize(
    ("columns", "address"),
    [
        ({"Адрес дома": "г. Химки, ул. Лесная, д. 5", "Квартира": "3"}, "г. Химки, ул. Лесная, д. 5, кв. 3"),
        ({"Адрес": "ул. Лесная, 12", "Кв.": "12"}, "ул. Лесная, 12, кв. 12"),
        ({"Адрес": "ул. Лесная, 5, 12", "Кв.": "12"}, "ул. Лесная, 5, 12"),
        ({"Адрес": "ул. Лесная, 5-12", "Кв.": "12"}, "ул. Лесная, 5-12"),
        ({"Адрес": "г. Москва, д. 5", "Кв.": "12.0"}, "г. Москва, д. 5, кв. 12"),
        ({"Адрес": "ул. Лесная, д. 5, квартира 12", "Кв.": "12"}, "ул. Лесная, д. 5, квартира 12"),
        ({"Адрес": "ул. Лесная, д. 5", "Помещение": "офис 3"}, "ул. Лесная, д. 5, офис 3"),
        ({"Адрес": "ул. Лесная, д. 5", "Помещение": "жилое"}, "ул. Лесная, д. 5"),
        ({"Адрес": "ул. Лесная, д. 5", "Кв.": "0"}, "ул. Лесная, д. 5"),
        ({"Адрес": "ул. Лесная", "Дом": "5", "Корпус": "2", "Кв.": "3"}, "ул. Лесная, д. 5, корп. 2, кв. 3"),
        ({"Адрес": "ул. Лесная, 5к2", "Дом": "5", "Корпус": "2", "Кв.": "3"}, "ул. Лесная, 5к2, кв. 3"),
        ({"Адрес": "ул. 5-я Парковая", "Дом": "5", "Кв.": "3"}, "ул. 5-я Парковая, д. 5, кв. 3"),
        ({"Улица, дом": "ул. Лесная, д. 5", "Квартира": "3"}, "ул. Лесная, д. 5, кв. 3"),
        ({"Город": "Химки", "Улица, дом": "Лесная, 5", "№ кв.": "3"}, "Химки, Лесная, 5, кв. 3"),
        ({"Улица, дом, кв.": "Лесная, 5, 3"}, "Лесная, 5, 3"),
        ({"Улица": "Лесная", "Дом, корпус": "5 к. 2", "Кв": "3"}, "Лесная, 5 к. 2, кв. 3"),
        ({"Город, улица": "Химки, Лесная", "№ дома": "5", "Кв": "3"}, "Химки, Лесная, д. 5, кв. 3"),
        ({"Адрес (улица, дом, кв.)": "Лесная, 5, 3"}, "Лесная, 5, 3"),
        ({"Город": "с. Ивановка", "Улица": "", "Дом": "5"}, "с. Ивановка, д. 5"),
    ],
)
def test_an_address_names_house_and_flat_once(
    database: peewee.Database, tmp_path: Path, columns: dict[str, str], address: str
) -> None:
    assert stored(tmp_path, columns) == address


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_number_alone_is_no_address(database: peewee.Database, tmp_path: Path, quote: str) -> None:
    lines = [f"{n};10.2026;{quote}{'' if n == 7 else 'ул. Лесная, '}{n}{quote};5,00" for n in range(1, 31)]
    content = "Лицевой счёт;Период;Адрес;К оплате\n" + "\n".join(lines)
    (tmp_path / "a.csv").write_text(content, encoding="utf-8")
    report = import_billing(tmp_path / "a.csv")
    assert [(reject.line, reject.reason) for reject in report.rejects] == [
        (8, "в адресе одни цифры: нет ни улицы, ни населённого пункта")
    ]
    assert report.accepted == 29 and report.tally.complete


def test_a_number_is_no_address_however_it_is_completed(database: peewee.Database, tmp_path: Path) -> None:
    assert stored(tmp_path, {"Адрес дома": "5", "Квартира": "3"}) == ""
    assert stored(tmp_path, {"Город": "", "Улица": "", "Дом": "5", "Квартира": "3"}) == ""
