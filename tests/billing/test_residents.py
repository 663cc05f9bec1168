"""Residents registered earlier without a password."""

from datetime import date
from pathlib import Path

import peewee
import pytest

from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.residents import import_residents
from cabinet.models import Account, AccountLink, Audit, Message, User, linking
from cabinet.models.database import db

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


def test_rows_that_cannot_be_read(tmp_path: Path) -> None:
    text = HEADER + (
        "123;;;;;;\n+74951234567;;;;;;\n+79161234567;И2;;;;;\n+79161234568;;;;not-mail;;\n"
        "+79161234569;;;;;31.02.1990;\n+79161234560;;;;;;???\n\0\n"
    )
    report = import_residents(save(tmp_path, text))
    assert report.added == 0 and not User.select().count()
    assert [reject.line for reject in report.rejects] == [2, 3, 4, 5, 6, 7, 8]
    said = " ".join(reject.reason for reject in report.rejects)
    assert "not-mail" not in said and "123" not in said


def test_dry_run(tmp_path: Path) -> None:
    report = import_residents(save(tmp_path, HEADER + "+79161234567;;;;;;77\n"), dry_run=True)
    assert (report.added, report.linked) == (1, 1)
    assert not User.select().count() and not AccountLink.select().count() and not Audit.select().count()


def test_not_a_file_of_residents(tmp_path: Path) -> None:
    for text in ("", "name;mail\nа;б\n", "\0\n"):
        with pytest.raises(UnreadableFileError):
            import_residents(save(tmp_path, text))


def test_overlong_field_is_no_crash(tmp_path: Path) -> None:
    report = import_residents(
        save(tmp_path, HEADER + "+79161234567;" + "я" * 30_000 + ";;;;;\n+79161234568;;;;;;\n")
    )
    assert report.added == 1 and [reject.line for reject in report.rejects] == [2]
