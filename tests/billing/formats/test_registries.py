"""Registries for Sberbank and «Город» as programs write them."""

from pathlib import Path

import peewee
import pytest

from cabinet.billing.answers import Answers
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.importer import import_billing
from cabinet.billing.readers.gorod import usual_address
from cabinet.billing.readers.sberbank import columns_of
from cabinet.models import Account, Charge
from tests.billing.files import stored
from tests.billing.formats import writers
from tests.billing.formats.truth import PERIOD, homes, state

ASKED = Answers(period=PERIOD)
NAME = "1234567890_40702810000000000001_001_1026.txt"
ROWS = (
    "Иванова Анна Петровна;г. Москва, ул. Профсоюзная, д. 104, кв. 57;7012345678;4218,67\n"
    "Ёлкин Пётр;г. Москва, ул. Профсоюзная, д. 104, кв. 58;0040571;-3,5\n"
)
ACCOUNTS = {"7012345678": 421867, "40571": -350}


def due() -> dict[str, int | None]:
    return {charge.account: charge.amount_due for charge in Charge.select()}


@pytest.mark.parametrize("mark", ["ИТОГО;2;4215,17", "=2;4215,17", "#конец", "Всего: 2"])
def test_marks_of_a_registry_are_no_rows(database: peewee.Database, tmp_path: Path, mark: str) -> None:
    (tmp_path / NAME).write_text(f"{ROWS}{mark}\n", encoding="cp1251")
    report = import_billing(tmp_path / NAME, answers=ASKED)
    assert (report.rejected, report.tally.other) == (0, 1) and due() == ACCOUNTS


@pytest.mark.parametrize("mark", ["2;4215,17", "H;7700000000;40702810900000000001;2;4215,17"])
def test_a_line_of_another_kind_costs_its_neighbours_nothing(
    database: peewee.Database, tmp_path: Path, mark: str
) -> None:
    for text in (f"{mark}\n{ROWS}", f"{ROWS}{mark}\n"):
        (tmp_path / NAME).write_text(text, encoding="cp1251")
        report = import_billing(tmp_path / NAME, answers=ASKED, max_rejects=100)
        assert report.rejected == 1 and due() == ACCOUNTS


PER_SERVICE = ROWS + ROWS.replace("4218,67", "100,00").replace("-3,5", "10,00")


def test_rows_of_unnamed_services_are_asked_about(database: peewee.Database, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(PER_SERVICE, encoding="utf-8")
    report = import_billing(tmp_path / NAME, answers=ASKED)
    assert [warning.code for warning in report.unanswered] == ["row-per-service"] and not due()
    said = Answers(period=PERIOD, accept=frozenset(["row-per-service"]))
    assert import_billing(tmp_path / NAME, answers=said).summed == 2
    assert due() == {"7012345678": 431867, "40571": 650}


def test_the_sum_of_the_head_tells_that_rows_are_of_services(
    database: peewee.Database, tmp_path: Path
) -> None:
    (tmp_path / "g.txt").write_text(f"#FILESUM 4325.17\n#TYPE 7\n{PER_SERVICE}", encoding="utf-8")
    report = import_billing(tmp_path / "g.txt", answers=ASKED)
    assert (report.summed, report.rejected, report.warnings) == (2, 0, [])
    assert due() == {"7012345678": 431867, "40571": 650}


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        "#номер реестра 1\n#7700000000\n" + ROWS,
        ROWS.replace(";", "|"),
        "".join(line + ";\n" for line in ROWS.splitlines()),
        "".join(
            f"{c};{b};{a};1026;{d}\n" for a, b, c, d in (line.split(";") for line in ROWS.splitlines() * 1)
        ),
        ROWS + "\n\x1a",
        ROWS + "=2;4215,17\n",
    ],
    ids=["plain", "comments", "bars", "empty at the end", "another order", "dos end", "total"],
)
@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "utf-8", "cp866"])
def test_sberbank(database: peewee.Database, tmp_path: Path, rows: str, encoding: str) -> None:
    (tmp_path / NAME).write_bytes(rows.encode(encoding))
    report = import_billing(tmp_path / NAME, answers=ASKED, max_rejects=0)
    assert (report.refused, report.rejects) == ("", [])
    assert "Сбербанк" in report.layout.format and report.tally.complete
    assert due() == ACCOUNTS
    assert Account.get_by_id("40571").address.endswith("кв. 58")


def test_a_broken_quote_stays_in_its_row(database: peewee.Database, tmp_path: Path) -> None:
    quoted = ROWS.replace("г. Москва, ул. Проф", 'СНТ "Ручеёк, ул. Проф', 1)
    (tmp_path / NAME).write_text(quoted, encoding="cp1251")
    assert import_billing(tmp_path / NAME, answers=ASKED, max_rejects=100).tally.complete
    assert due().items() <= ACCOUNTS.items()


def test_two_sums_are_no_known_registry() -> None:
    assert columns_of([line.replace("\n", ";10,00\n") for line in ROWS.splitlines(keepends=True)])[1] == ()


def test_the_services_of_an_account_are_summed(database: peewee.Database, tmp_path: Path) -> None:
    truth = homes(12)
    report = import_billing(writers.gorod(tmp_path / "a.txt", truth, 3), answers=ASKED)
    assert (report.tally.accepted, report.summed) == (36, 24)
    assert stored() == state(truth, "address", "last_name", "first_name", "middle_name", "amount_due")


@pytest.mark.parametrize("wrong", [2, 100, -50_000])
def test_a_registry_of_another_sum_is_refused(database: peewee.Database, tmp_path: Path, wrong: int) -> None:
    truth = homes(12)
    total = sum(home.due for home in truth)
    with pytest.raises(UnreadableFileError, match="обещано"):
        import_billing(writers.gorod(tmp_path / "a.txt", truth, total=total + wrong), answers=ASKED)
    assert stored() == ({}, {})
    assert import_billing(writers.gorod(tmp_path / "a.txt", truth, total=total + 1), answers=ASKED).accepted


def test_a_registry_cut_off_is_refused(database: peewee.Database, tmp_path: Path) -> None:
    file = writers.gorod(tmp_path / "a.txt", homes(12))
    file.write_bytes(file.read_bytes()[:-200])
    with pytest.raises(UnreadableFileError, match="обрезан"):
        import_billing(file, answers=ASKED, dry_run=True)


@pytest.mark.parametrize(
    ("written", "usual"),
    [
        ("Поспелиха,8 Марта,35,1", "Поспелиха, 8 Марта, д. 35, кв. 1"),
        ("12 лет Октября пос,Западная ул,1,2", "12 лет Октября пос, ул. Западная, д. 1, кв. 2"),
        ("Поспелиха,Мира пр-кт,5/2,7а", "Поспелиха, Мира пр-кт, д. 5/2, кв. 7а"),
        ("Поспелиха,,35,", "Поспелиха, д. 35"),
        ("Поспелиха,Мира ул,35", "Поспелиха, ул. Мира, д. 35"),
        ("г. Клин, ул. Мира, д. 1, к. 2, кв. 3", "г. Клин, ул. Мира, д. 1, к. 2, кв. 3"),
        ("", ""),
    ],
)
def test_addresses_of_gorod(written: str, usual: str) -> None:
    assert usual_address(written) == usual


def gorod(path: Path, rows: list[tuple[str, int, str]], promised: int) -> Path:
    """A registry of rows: account, roubles, service; and the sum that its head promises."""
    lines = [
        f"Иванов Иван;Поспелиха,8 Марта,35,{n};{n};{sum_}.00;{service}"
        for n, sum_, service in ((int(a), s, w) for a, s, w in rows)
    ]
    path.write_text(
        "\n".join([f"#FILESUM {promised}.00", "#TYPE 7", "#SERVICE 1", *lines]), encoding="cp1251"
    )
    return path


SERVICES = ("Содержание", "Отопление", "Вода")


def codes_of(path: Path) -> list[str]:
    return [warning.code for warning in import_billing(path, answers=ASKED).unanswered]


def test_the_sum_of_the_head_tells_that_a_total_is_repeated(
    database: peewee.Database, tmp_path: Path
) -> None:
    rows = [(str(n), 100 + n, service) for n in range(1, 8) for service in SERVICES]
    file = gorod(tmp_path / "a.txt", rows, sum(range(101, 108)))
    report = import_billing(file, answers=ASKED)
    assert (report.refused, report.warnings) == ("", []) and report.tally.complete
    assert due() == {str(n): (100 + n) * 100 for n in range(1, 8)}


def test_a_total_taken_once_though_the_head_adds_it_up_is_asked(
    database: peewee.Database, tmp_path: Path
) -> None:
    rows = [(str(n), 100 + n, service) for n in range(1, 8) for service in SERVICES]
    file = gorod(tmp_path / "a.txt", rows, sum(sum_ for _n, sum_, _service in rows))
    assert codes_of(file) == ["total-in-each-row", "file-sum"] and not due()
    known = Answers(period=PERIOD, accept=frozenset({"total-in-each-row", "file-sum"}))
    assert "2 184,00" in import_billing(file, answers=Answers(period=PERIOD)).refused.replace("\xa0", " ")
    assert not import_billing(file, answers=known).refused
    assert due() == {str(n): (100 + n) * 100 for n in range(1, 8)}


def test_equal_rows_that_the_head_counts_twice_are_asked(database: peewee.Database, tmp_path: Path) -> None:
    rows = [(str(n), 100 + n, "ЖКУ") for n in range(1, 8) for _ in range(2)]
    assert codes_of(gorod(tmp_path / "a.txt", rows, sum(sum_ for _n, sum_, _s in rows))) == ["file-sum"]
    assert codes_of(gorod(tmp_path / "b.txt", rows, sum(range(101, 108)))) == []


def test_the_same_sum_for_every_service_of_everybody_is_asked(
    database: peewee.Database, tmp_path: Path
) -> None:
    rows = [(str(n), 100, service) for n in range(1, 8) for service in SERVICES]
    assert codes_of(gorod(tmp_path / "a.txt", rows, 2100)) == ["same-sums"]
