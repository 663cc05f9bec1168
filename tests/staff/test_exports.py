"""What leaves the house as a file."""

import csv
import io
import zipfile
from datetime import date, datetime
from xml.etree import ElementTree

import pytest

from cabinet.models import Audit, RequestNote, Staff
from cabinet.models.database import db
from tests.cast import resident
from tests.staff.test_requests import asked
from tests.visitor import Visitor


def rows(desk: Visitor, name: str) -> list[list[str]]:
    answer = desk.client.get(f"/staff/export/{name}")
    file = name.partition("?")[0]
    assert (
        answer.status_code == 200 and answer.headers["Content-Disposition"] == f"attachment; filename={file}"
    )
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@x",
        "\tx",
        "\rx",
        "\n=x",
        " =x",
        "\xa0=x",
        "\x0b=x",
        "\ufeff=x",
        "\u200b=x",
        "＝x",
        '=HYPERLINK("http://x")',
    ],
)
def test_no_cell_is_a_formula(desk: Visitor, text: str) -> None:
    asked(comment=text)
    head, row = rows(desk, "requests.csv")
    assert row[head.index("Комментарий")] == "'" + text
    book = zipfile.ZipFile(io.BytesIO(desk.client.get("/staff/export/requests.xlsx").data))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "<c " in sheet


def test_usual_words_stay_as_they_are(desk: Visitor) -> None:
    asked(comment='Дом; «5» "x"\nвторая строка')
    head, row = rows(desk, "requests.csv")
    assert row[head.index("Комментарий")] == 'Дом; «5» "x"\nвторая строка'
    assert row[head.index("Телефон")] == "79161234567"
    book = zipfile.ZipFile(io.BytesIO(desk.client.get("/staff/export/requests.xlsx").data))
    tree = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    lines = [line.findall("{*}c") for line in tree.iter() if line.tag.endswith("}row")]
    cells = [["".join(cell.itertext()) for cell in line] for line in lines]
    created = head.index("Создано")
    assert [cells[0], [*cells[1][:created], row[created], *cells[1][created + 1 :]]] == [head, list(row)]
    assert len(cells) == 2
    texts = {cell.get("t") for line in lines for cell in line if cell is not lines[1][created]}
    assert texts <= {"inlineStr", None}, "but for the moment all is text"
    assert float(cells[1][created]) > 46_000, "days since 1900: a spreadsheet can sort it"


def test_moments_days_and_sums_are_what_they_are_in_a_spreadsheet(desk: Visitor) -> None:
    asked(amount=421_867, period=date(2026, 10, 1))
    head, _row = rows(desk, "requests.csv")
    book = zipfile.ZipFile(io.BytesIO(desk.client.get("/staff/export/requests.xlsx").data))
    tree = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    line = [line for line in tree.iter() if line.tag.endswith("}row")][1]
    cells = dict(zip(head, line.findall("{*}c"), strict=True))
    for name, value in {"Сумма": 4218.67, "Период": 46296}.items():
        assert cells[name].get("t") is None and float("".join(cells[name].itertext())) == value, name
    assert cells["Создано"].get("t") is None and cells["Телефон"].get("t") == "inlineStr"


def test_all_rows_once_over_the_batches(desk: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cabinet.staff.batches.BATCH", 10)
    for number in range(31):
        resident(f"+7916{number:07d}")
    phones = [row[0] for row in rows(desk, "residents.csv")[1:]]
    assert sorted(phones) == [f"7916{number:07d}" for number in range(31)]
    assert Audit.get(Audit.action == "staff-export-residents").actor.startswith("staff:")


@pytest.mark.parametrize("name", ["staff.csv", "residents.pdf", "residents", "x"])
def test_nothing_else_is_exported(desk: Visitor, name: str) -> None:
    assert desk.client.get(f"/staff/export/{name}").status_code == 404


def test_a_request_is_told_as_its_page_tells_it(desk: Visitor, clerk: Staff) -> None:
    at = datetime(2026, 11, 25, 21, 30)
    found = asked(created_at=at, amount=421_867, period=date(2026, 10, 1), assignee=clerk.id, state="done")
    with db.atomic():
        RequestNote.create(request=found, at=at, staff=clerk.id, kind="state", text="in_work")
        RequestNote.create(request=found, at=at, kind="note", text="Нашёлся счёт")
        RequestNote.create(request=found, at=at, staff=clerk.id, kind="taken")
    head, row = rows(desk, "requests.csv")
    told = dict(zip(head, row, strict=True))
    assert told["Создано"] == "2026-11-26 00:30:00", "in Moscow"
    assert (told["Сумма"], told["Период"]) == ("4218.67", "2026-10-01")
    assert told["Кто занимается"] == clerk.email
    assert told["История"] == (f"26.11.2026 00:30 {clerk.email}: В работе\n26.11.2026 00:30: Нашёлся счёт")


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("/staff/export/requests.csv", "12345678"),
        ("/staff/export/residents.csv?lang=en", "79161230001"),
        ("/staff/audit/export/csv", "посмотрел(а) список заявок"),
        ("/staff/audit/export/csv?lang=en", "looked at the list of requests"),
    ],
)
def test_a_file_is_written_when_its_request_has_given_the_connection_back(
    admin_desk: Visitor, file: str, line: str
) -> None:
    asked()
    resident("+79161230001")
    admin_desk.get("/staff/requests")
    answer = admin_desk.client.get(file)
    db.close()  # as every server does; the file is sent after that
    try:
        assert line in answer.get_data(as_text=True)
    finally:
        db.connect(reuse_if_open=True)
