"""Requests and residents as CSV or XLSX: streamed, and harmless when opened in a spreadsheet."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from flask import Response, abort, request, send_file
from flask_babel import gettext as _

from cabinet.models.database import connected
from cabinet.models.request import ConnectionRequest
from cabinet.models.request_note import TAKEN_BACK, RequestNote
from cabinet.models.spending import MOSCOW
from cabinet.models.user import User
from cabinet.staff.batches import BATCH
from cabinet.staff.confirmation import needs_confirmation
from cabinet.staff.guard import bp, record
from cabinet.staff.names import staff_names
from cabinet.staff.request_filter import Sought
from cabinet.staff.requests import state_names
from cabinet.staff.residents_filter import ResidentsSought
from cabinet.wording.cells import disarmed

MOST_LETTERS = 32_000  # of a cell; XLSX takes 32 767
MOST_ROWS = 1_048_575  # of an XLSX sheet beside its head

Row = tuple[Any, ...]


@bp.get("/export/<name>")
@needs_confirmation
def export(name: str) -> Response:
    """`requests` or `residents` as their list has them; `.csv` or `.xlsx`."""
    what, _dot, kind = name.partition(".")
    if what not in ("requests", "residents") or kind not in ("csv", "xlsx"):
        abort(404)
    if what == "residents":
        residents = ResidentsSought.asked(request.args.get("state", "all"))
        record("export-residents", name, asked={"state": "all", **residents.parameters})
        rows = residents.batches()
        return download(name, _resident_head(), lambda: _residents(rows))
    members = staff_names()
    sought = Sought.asked(request.args.get("state", "all"), members)
    record("export-requests", name, asked={"state": sought.tab, **sought.parameters})
    requests, names = sought.batches(), {**state_names(), **members}
    return download(name, _request_head(), lambda: _requests(requests, names))


def download(name: str, head: Row, rows: Callable[[], Iterator[Row]]) -> Response:
    """The rows as a file whose name ends in .csv or .xlsx."""
    if name.endswith(".csv"):
        answer = Response(csv_lines(head, rows), mimetype="text/csv")
    else:
        answer = send_file(
            _xlsx(head, rows()),
            mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            etag=False,
            max_age=None,
        )
    answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    answer.headers["Cache-Control"] = "no-store"
    return answer


def safe(value: Any) -> str:
    """A cell that spreadsheets do not take for a formula."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return disarmed(str(value))


def csv_lines(head: Row, rows: Callable[[], Iterator[Row]]) -> Iterator[bytes]:
    """Lines, a batch at a time; semicolons and a mark of UTF-8, as Excel wants them."""
    yield "\ufeff".encode()
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(head)
    for number, row in enumerate(rows(), 1):
        writer.writerow([safe(value) for value in row])
        if number % BATCH == 0:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def _xlsx(head: Row, rows: Iterator[Row]) -> Any:
    """The file on disk, made row by row in constant memory; moments and numbers are what they are."""
    import xlsxwriter  # large, and seldom asked for

    file = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the response)
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    styles: dict[type, Any] = {datetime: book.add_format({"num_format": "dd.mm.yyyy hh:mm"})}
    styles[date] = book.add_format({"num_format": "dd.mm.yyyy"})
    for column, text in enumerate(head):
        sheet.write_string(0, column, str(text))
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            break
        for column, value in enumerate(row):
            if style := styles.get(type(value)):
                sheet.write_datetime(number, column, value, style)
            elif isinstance(value, Decimal):
                sheet.write_number(number, column, value)
            else:
                sheet.write_string(number, column, safe(value))
    book.close()
    file.seek(0)
    return file


def _request_head() -> Row:
    return (
        *(_("Номер"), _("Создано"), _("Состояние"), _("Фамилия"), _("Имя"), _("Отчество"), _("Телефон")),
        *(_("Почта"), _("Город"), _("Улица"), _("Дом"), _("Корпус"), _("Квартира"), _("Лицевой счёт")),
        *(_("Комментарий"), _("Закрыта"), _("Период"), _("Сумма"), _("Найденный счёт")),
        *(_("Кто занимается"), _("История"), _("Объединена с")),
    )


def _requests(batches: Iterator[list[ConnectionRequest]], names: dict[str, str]) -> Iterator[Row]:
    for batch in batches:
        histories = _histories(batch, names)
        for r in batch:
            yield (
                *(r.number, _moscow(r.created_at), names[r.state], r.last_name, r.first_name, r.middle_name),
                *(r.phone.lstrip("+"), r.email, r.city, r.street, r.house, r.building, r.flat, r.account),
                *(r.comment, _moscow(r.closed_at), r.period, _roubles(r.amount), r.matched_account),
                *(
                    names.get(r.assignee or "", ""),
                    "\n".join(histories.get(r.id, []))[:MOST_LETTERS],
                    r.merged_into,
                ),
            )


def _histories(batch: list[ConnectionRequest], names: dict[str, str]) -> dict[int, list[str]]:
    """What happened to requests, by their keys, a line for each entry: when, who, what."""
    with connected():
        mine = (RequestNote.request.in_([one.id for one in batch]), RequestNote.kind != TAKEN_BACK)
        entries: list[Any] = list(RequestNote.select().where(*mine).order_by(RequestNote.id))
    found: dict[int, list[str]] = {}
    for entry in entries:
        said = names.get(entry.text, entry.text) if entry.kind == "state" else entry.text
        when = " ".join(filter(None, (f"{_moscow(entry.at):%d.%m.%Y %H:%M}", names.get(entry.staff))))
        found.setdefault(entry.request_id, []).append(f"{when}: {said}")
    return found


def _moscow(moment: datetime | None) -> datetime | None:
    """A moment as the pages show it; they are of one time zone, whoever looks."""
    return moment and (moment + MOSCOW).replace(microsecond=0)


def _roubles(kopecks: int | None) -> Decimal | None:
    return None if kopecks is None else Decimal(kopecks) / 100


def _resident_head() -> Row:
    return (
        *(_("Телефон"), _("Фамилия"), _("Имя"), _("Отчество"), _("Почта"), _("Почта подтверждена")),
        *(_("Зарегистрирован"), _("Вход закрыт"), _("Будет удалён")),
    )


def _residents(batches: Iterator[list[User]]) -> Iterator[Row]:
    for u in chain.from_iterable(batches):
        yield (
            *(u.phone.lstrip("+") if u.has_number else "", u.last_name, u.first_name, u.middle_name, u.email),
            *(_moscow(u.email_confirmed_at), _moscow(u.created_at), _moscow(u.blocked_at)),
            _moscow(u.delete_at),
        )
