"""Tables in web pages and in «Таблица XML 2003», as programs and Excel save them."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import peewee
import pytest

from cabinet.billing.answers import Answers
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.importer import import_billing
from cabinet.billing.report import Report
from cabinet.billing.residents import import_residents
from cabinet.models import Account, Charge, User
from tests.billing.formats import writers
from tests.billing.formats.truth import homes

OCTOBER = date(2026, 10, 1)
TITLES = "<tr><th>Лицевой<br>счёт</th><th>ФИО</th><th>Адрес</th><th colspan=2>Сумма, руб.</th></tr>"
LOWER = "<tr><td></td><td></td><td></td><td>начислено</td><td>к оплате</td></tr>"
NAMED = "urn:schemas-microsoft-com:office:spreadsheet"


def row(n: int, due: str = "") -> str:
    return (
        f"<tr><td class='n'>7012{n:04}<td>Лисина&nbsp;А. П.<td>г. Химки, ул. Лесная, д.&nbsp;{n}"
        f"<td>10,00<td>{due or f'{n}&#8239;000,50'}</tr>"
    )


def imported(file: Path, max_rejects: float = 0) -> Report:
    return import_billing(file, max_rejects=max_rejects, answers=Answers(OCTOBER))


def page(tmp_path: Path, body: str, max_rejects: float = 0) -> Report:
    file = tmp_path / "a.xls"
    file.write_text(f"<html><head><title>Отчёт</title></head><body>{body}</body></html>", encoding="utf-8")
    return imported(file, max_rejects)


def due() -> dict[str, int | None]:
    return {charge.account: charge.amount_due for charge in Charge.select()}


def test_a_page_as_programs_write_it(database: peewee.Database, tmp_path: Path) -> None:
    style = "<style><!-- td {mso-number-format:'<td>'} --></style><script>if (a<b) c('<tr><td>9')</script>"
    body = f"{style}<h1>Начисления за октябрь</h1><table>{TITLES}{LOWER}{row(1)}{row(2)}</table>"
    report = page(tmp_path, body)
    assert (report.accepted, report.rejected, report.tally.complete) == (2, 0, True)
    assert due() == {"70120001": 100050, "70120002": 200050}
    assert Account.get(Account.number == "70120001").address == "г. Химки, ул. Лесная, д. 1"
    assert report.layout.format == "таблица веб-страницы"


def test_a_table_inside_the_cell_of_another(database: peewee.Database, tmp_path: Path) -> None:
    inner = f"<table>{TITLES}{LOWER}{row(1)}{row(2)}</table>"
    page(tmp_path, f"<table><tr><td>ООО «Домофон»<td>{inner}<td>тел.</tr></table><table><tr><td>x</table>")
    assert len(due()) == 2


def test_exact_numbers_and_merged_cells(database: peewee.Database, tmp_path: Path) -> None:
    exact = "<td x:num='70120003'>7,012E+07<td>Лисина<td>г. Химки, д. 3<td x:num>10<td x:num='3.5'>4"
    merged = (
        "<tr><td>70120004<td>Лисина<td rowspan=2>г. Химки, ул. Лесная, д. 4<td>1<td>4,00</tr>"
        "<tr><td>70120005<td>Лисина<td>1<td>5,00</tr>"
    )
    file = f"<table>{TITLES}{LOWER}<tr>{exact}</tr>{merged}</table>"
    report = page(tmp_path, file, max_rejects=50)
    assert due() == {"70120003": 350, "70120004": 400} and report.reasons == {"нет адреса": 1}


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9, 0.995])
@pytest.mark.parametrize("write", [writers.page, writers.xml_2003])
def test_a_file_that_was_cut_off_is_refused(
    database: peewee.Database, tmp_path: Path, write: Callable[..., Path], kept: float
) -> None:
    data = write(tmp_path / "a.xls", homes(50)).read_bytes()
    (tmp_path / "a.xls").write_bytes(data[: int(len(data) * kept)].rsplit(b"</", 1)[0])
    with pytest.raises(UnreadableFileError, match="не целиком"):
        imported(tmp_path / "a.xls")


def test_places_days_and_hidden_sheets_of_xml(database: peewee.Database, tmp_path: Path) -> None:
    lines: list[list[Any]] = [
        ["Лицевой счёт", "Период", "Адрес", "К оплате"],
        [70120001.0, "DAY", "г. Химки, д. 1", 3650.0000000000005],
    ]
    hidden = (
        '<Worksheet ss:Name="Архив"><Table><Row><Cell><Data ss:Type="String">Лицевой счёт</Data></Cell></Row>'
        "</Table><WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet>"
    )
    file = writers.xml_2003_of(tmp_path / "a.xml", lines, hidden)
    text = file.read_text(encoding="utf-8")
    day = '<Data ss:Type="DateTime">2026-10-01T00:00:00.000</Data>'
    text = text.replace('<Data ss:Type="String">DAY</Data>', day)
    further = (
        '<Row ss:Index="9"><Cell ss:MergeAcross="1"><Data ss:Type="String">Итого</Data></Cell>'
        '<Cell ss:Index="4"><ss:Data ss:Type="Number"><B>3650</B></ss:Data></Cell></Row>'
    )
    file.write_text(text.replace("</Table>", f"{further}</Table>", 1), encoding="utf-8")
    report = imported(file)
    assert (report.accepted, report.tally.lines, report.tally.complete) == (1, 9, True)
    assert due() == {"70120001": 365000} and report.layout.format == "таблица XML 2003"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<Workbook", '<!DOCTYPE a [<!ENTITY b "c">]><Workbook'),
        ("<Workbook", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><Workbook'),
        ("<Row>", '<Row ss:Index="99999999">'),
        ("<Row>", '<Row ss:Index="1048577">'),
        ("<Cell>", '<Cell ss:Index="70000">'),
        ("<Cell>", '<Cell ss:MergeAcross="-3">'),
        ('ss:Type="String">№', 'ss:Type="Number">№'),
    ],
)
def test_what_no_program_writes_is_refused(
    database: peewee.Database, tmp_path: Path, old: str, new: str
) -> None:
    file = writers.xml_2003(tmp_path / "a.xls", homes(3))
    file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="поврежд"):
        imported(file)


@pytest.mark.parametrize(
    "filler", ["<!--", "<a b='", "<td colspan=99999999999999>" * 9, "<td colspan=9000>" * 9]
)
def test_endless_tags_and_wide_cells_are_refused(
    database: peewee.Database, tmp_path: Path, filler: str
) -> None:
    body = f"<table><tr><td>1<td>2{filler}{'x' * 3_000_000}</table>"
    with pytest.raises(UnreadableFileError):
        page(tmp_path, body)


def test_residents_in_a_page(database: peewee.Database, tmp_path: Path) -> None:
    body = "<tr><td>Телефон<td>ФИО</tr><tr><td>8 (916) 123-45-67<td>Лисина Анна Петровна</tr>"
    (tmp_path / "a.xls").write_text(f"<table>{body}</table>", encoding="utf-8")
    assert import_residents(tmp_path / "a.xls").added == 1
    assert User.get().last_name == "Лисина"
