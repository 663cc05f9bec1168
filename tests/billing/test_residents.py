"""Residents registered earlier without a password."""

import csv
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import peewee
import pytest
from click.testing import Result
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.residents import import_residents
from cabinet.models import Account, AccountLink, Audit, Message, User, linking
from cabinet.models.database import db
from tests.properties import UNTIMED

HEADER = "phone;last_name;first_name;middle_name;email;birth_date;accounts\n"


@pytest.fixture(autouse=True)
def accounts(database: peewee.Database) -> None:
    with db.atomic():
        for number in ("77", "78"):
            Account.create(number=number, printed=f"00{number}", address=f"г. Клин, д. {number}")


def save(path: Path, text: str, encoding: str = "utf-8") -> Path:
    (path / "residents.csv").write_bytes(text.encode(encoding))
    return path / "residents.csv"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_residents_come_in_once(tmp_path: Path, encoding: str) -> None:
    text = HEADER + (
        "8 916 123-45-67;Иванова;Анна;;anna@example.com;01.02.1960;0077, 78\n"
        "+79161234568;;;;;;\n"
        "\n"
        "79161234569;Петров;Пётр;Петрович;;;99\n"
    )
    file = save(tmp_path, text, encoding)
    report = import_residents(file)
    assert (report.added, report.known, report.linked) == (3, 0, 2)
    assert [reject.line for reject in report.rejects] == [5]  # its account is unknown; the resident came in
    anna = User.by_phone("+79161234567")
    assert anna is not None
    assert (anna.last_name, anna.email, anna.birth_date) == ("Иванова", "anna@example.com", date(1960, 2, 1))
    assert anna.password_hash is None and anna.email_confirmed_at is None
    assert {account.number for account in linking.accounts(anna)} == {"77", "78"}
    assert not Message.select().count()  # they get nothing: they did not ask

    again = import_residents(file)
    assert (again.added, again.known, again.linked) == (0, 3, 0)
    assert User.select().count() == 3 and AccountLink.select().count() == 2


def test_known_residents_keep_what_they_have(tmp_path: Path) -> None:
    import_residents(save(tmp_path, HEADER + "+79161234567;Иванова;Анна;;anna@example.com;;\n"))
    with db.atomic():
        User.update(password_hash="kept").execute()
    report = import_residents(save(tmp_path, HEADER + "+79161234567;Другая;Яна;;yana@example.com;;77\n"))
    assert (report.added, report.known, report.linked) == (0, 1, 1)
    user = User.get()
    assert (user.last_name, user.email, user.password_hash) == ("Иванова", "anna@example.com", "kept")


def test_a_row_without_a_good_phone_is_rejected(tmp_path: Path) -> None:
    report = import_residents(save(tmp_path, HEADER + "123;;;;;;\n+74951234567;;;;;;\n;Иванов;;;;;\n\0\n"))
    assert not User.select().count() and report.nothing
    assert [reject.line for reject in report.rejects] == [2, 3, 4] and report.rejected == 3
    assert "123" not in " ".join(reject.reason for reject in report.rejects)


BAD_CELLS = {
    "last_name": ("И2", "фамилия"),
    "first_name": ("П.", "имя"),
    "middle_name": ("С.", "отчество"),
    "email": ("нет", "e-mail"),
    "birth_date": ("31.02.1990", "дата рождения"),
    "accounts": ("???", "лицевого счёта"),
}
PHONES = (
    "+79161234567", "8 916 123-45-67", "8(495)555-00-03, 8 916 123-45-67", "9161234567 (муж)",
    "79161234567.0", '="79161234567"', "тел. 8-916-123-45-67", "8 916 123 45 67 / 8 926 000 00 00",
    "7,9161234567E+10", "84955550003 89161234567", "дом. 555-00-03; моб. +7 (916) 123-45-67",
)  # fmt: skip


@pytest.mark.parametrize("column", BAD_CELLS)
def test_a_bad_cell_costs_nothing_but_itself(tmp_path: Path, column: str) -> None:
    row = dict.fromkeys(HEADER.strip().split(";"), "") | {"phone": PHONES[0], "accounts": "77"}
    row |= {"last_name": "Иванов", "email": "i@example.com", "birth_date": "01.02.1960"}
    bad, said = BAD_CELLS[column]
    report = import_residents(save(tmp_path, HEADER + ";".join((row | {column: bad}).values()) + "\n"))
    assert (report.added, report.rejected, report.incomplete) == (1, 0, 1)
    ((reason, count),) = report.lost.items()
    assert count == 1 and said in reason and bad not in report.rejects[0].reason
    kept = {"last_name": "Иванов", "email": "i@example.com", "birth_date": date(1960, 2, 1)}
    user = User.get()
    assert all(getattr(user, name) == value for name, value in kept.items() if name != column)
    assert report.linked == (column != "accounts")


@pytest.mark.parametrize("cell", PHONES)
def test_the_first_mobile_phone_of_a_cell_counts(tmp_path: Path, cell: str) -> None:
    cell = '"' + cell.replace('"', '""') + '"'
    import_residents(save(tmp_path, f"Телефон;Фамилия\n{cell};Иванов\n"))
    assert User.get().phone == "+79161234567"


def test_a_mobile_phone_may_stand_in_a_column_of_its_own(tmp_path: Path) -> None:
    text = "Телефон;Моб. телефон\n89260000000;89161234567\n89161234568;\n84955550003;нет\n"
    report = import_residents(save(tmp_path, text))
    assert {user.phone for user in User.select()} == {"+79161234567", "+79161234568"}
    assert report.rejected == 1


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Иванова (Петрова) Анна Сергеевна", ("Иванова", "Анна", "Сергеевна")),
        ("МАМЕДОВ РАШИД ГУСЕЙН ОГЛЫ", ("Мамедов", "Рашид", "Гусейн оглы")),
        ("Ким Ын", ("Ким", "Ын", "")),
        ("Петров П. С.", ("Петров", "", "")),
        ("Петров П.С.", ("Петров", "", "")),
        ("Римский Корсаков Николай Андреевич", ("Римский Корсаков", "Николай", "Андреевич")),
        ("ООО «Ромашка»", ("", "", "")),
    ],
)
def test_a_full_name_in_one_column(tmp_path: Path, written: str, names: tuple[str, str, str]) -> None:
    report = import_residents(save(tmp_path, f"Тел.;Ф.И.О.\n+79161234567;{written}\n"))
    user = User.get()
    assert (user.last_name, user.first_name, user.middle_name) == names
    assert bool(report.lost) == any(sign in written for sign in ".(«")


@pytest.mark.parametrize(
    "written", ["1960-02-01 00:00:00", "01.02.1960 0:00", "21947", "1960-02-01T00:00:00"]
)
def test_dates_as_spreadsheets_leave_them(tmp_path: Path, written: str) -> None:
    report = import_residents(save(tmp_path, f"Телефон;Дата рождения\n+79161234567;{written}\n"))
    assert User.get().birth_date == date(1960, 2, 1) and not report.rejects


RUSSIAN = "Телефон;Фамилия;Имя;Отчество;E-mail;Дата рождения;Лицевые счета\n"
ANNA = "+79161234567;Иванова;Анна;Сергеевна;anna@example.com;01.02.1960;77, 78\n"


@pytest.mark.parametrize(
    "text",
    [
        RUSSIAN + ANNA,
        RUSSIAN + "---;---;;;;;\n" + ANNA + "Итого: 1;;;;;;\n",
        "sep=;\n" + RUSSIAN + ANNA,
        "Список жильцов\n\n" + RUSSIAN.upper() + ANNA,
        (RUSSIAN + ANNA.replace("77, 78", "77 78")).replace(";", "\t"),
        (RUSSIAN + ANNA.replace("77, 78", "77 78")).replace(";", ","),
        "N п/п;" + RUSSIAN.replace("Телефон", '"Номер\nтелефона *"') + "1;" + ANNA,
        "ФИО;Эл. почта;Моб. тел.;Д.р.;День рождения;Л/с\n"
        "Иванова Анна Сергеевна;anna@example.com;89161234567;;01.02.1960;77 78\n",
        "Жилец;Почта;Телефон;Рождение;ЛС\n"
        "Иванова Анна Сергеевна;anna@example.com;89161234567;01.02.1960;77 78\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251", "cp866", "koi8-r"])
def test_titles_delimiters_and_encodings_as_they_come(tmp_path: Path, text: str, encoding: str) -> None:
    report = import_residents(save(tmp_path, text, encoding))
    assert (report.added, report.rejected, report.linked, report.rejects) == (1, 0, 2, [])
    user = User.get()
    assert (user.phone, user.last_name, user.middle_name) == ("+79161234567", "Иванова", "Сергеевна")
    assert (user.email, user.birth_date) == ("anna@example.com", date(1960, 2, 1))


def test_no_quote_swallows_a_resident(tmp_path: Path) -> None:
    text = HEADER + '+79161234567;"Иванов;Иван;;;;\n+79161234568;"Петров;;;;;\n+79161234569;;;;;;"\n'
    report = import_residents(save(tmp_path, text))
    assert report.added == 3 and not report.rejected


def test_a_row_with_cells_too_many_gives_its_phone_alone(tmp_path: Path) -> None:
    report = import_residents(save(tmp_path, HEADER + "Иванов;Иван;;;+79161234567;;;;x\n"))
    user = User.get()
    assert (user.phone, user.last_name) == ("+79161234567", "") and report.incomplete == 1


junk = st.text("ИвановПётр абвгдежзиклмн0123456789 .,;:\"'@-+()/\n\r\t|=«»", max_size=40)
cells = st.lists(junk | st.sampled_from([bad for bad, _ in BAD_CELLS.values()]), min_size=6, max_size=6)


@UNTIMED
@given(st.lists(st.tuples(st.sampled_from(PHONES), cells), min_size=1, max_size=4))
def test_whoever_has_a_good_phone_is_taken(rows: list[tuple[str, list[str]]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "residents.csv"
        with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow(HEADER.strip().split(";"))
            writer.writerows([phone, *others] for phone, others in rows)
        report = import_residents(path, dry_run=True)
    assert report.added == 1 and report.known >= len(rows) - 1


def run(app: Flask, *arguments: str) -> Result:
    result = app.test_cli_runner().invoke(args=["residents", "import", *arguments])
    db.connect(reuse_if_open=True)  # the command closes its own
    return result


def test_the_command_says_what_was_taken_and_what_not(app: Flask, tmp_path: Path) -> None:
    file = save(tmp_path, RUSSIAN + "+79161234567;Иванова;А.;;нет;;\n+79161234568;;;;нет;;\n123;;;;;;\n")
    dry = run(app, str(file), "--dry-run")
    assert dry.exit_code == 0 and "Dry run" in dry.output and not User.select().count()
    result = run(app, str(file))
    assert result.exit_code == 0 and User.select().count() == 2
    assert "added 2, known 0, rejected 1" in result.output and "e-mail не разобран: 2" in result.output
    assert "line 4: номер телефона не разобран" in result.output


def test_the_command_fails_with_a_reason_when_nobody_was_taken(app: Flask, tmp_path: Path) -> None:
    for text, reason in ((RUSSIAN + "123;;;;;;\n", "Никто не загружен"), ("а;б\n", "«Телефон»")):
        result = run(app, str(save(tmp_path, text)))
        assert result.exit_code == 1 and reason in result.stderr


def test_dry_run(tmp_path: Path) -> None:
    report = import_residents(save(tmp_path, HEADER + "+79161234567;;;;;;77\n"), dry_run=True)
    assert (report.added, report.linked) == (1, 1)
    assert not User.select().count() and not AccountLink.select().count() and not Audit.select().count()


def test_not_a_file_of_residents(tmp_path: Path) -> None:
    for text in ("", "name;mail\nа;б\n", "\0\n", "PK\x03\x04"):
        with pytest.raises(UnreadableFileError):
            import_residents(save(tmp_path, text))


def test_overlong_field_is_no_crash(tmp_path: Path) -> None:
    long = "я" * 30_000
    report = import_residents(
        save(tmp_path, HEADER + f'+79161234567;{long};;;;;\n+79161234568;"{long}";;;;;\n')
    )
    assert report.added == 2 and [reject.line for reject in report.rejects] == [2, 3]
