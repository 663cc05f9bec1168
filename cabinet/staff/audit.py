"""The journal, for admins: who did and saw what, in sentences, by day, person and kind; and as a file."""

from collections.abc import Callable, Iterator
from typing import Any

from flask import Response as FlaskResponse
from flask import abort, current_app
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from peewee import Tuple
from werkzeug.wrappers import Response

from cabinet.models.audit import Audit
from cabinet.models.database import connected
from cabinet.staff.confirmation import needs_confirmation
from cabinet.staff.exports import download
from cabinet.staff.guard import admins_only, bp, record, show
from cabinet.staff.journal_rows import Names, Sought, exported, sentence
from cabinet.staff.journal_words import KINDS

BATCH = 1000


@bp.get("/audit")
@admins_only
def audit() -> Response:
    """Events, latest first: those that the address asks for."""
    sought = Sought.asked()
    page = sought.page()
    names = Names(page.rows)
    record("audit-seen", shown=sorted(names.residents))
    lines = [(row, sentence(row, names, links=True)) for row in page.rows]
    people = [("system", names.actor("system")), *sorted(names.staff.items(), key=lambda one: one[1])]
    return show("audit.html", page=page, lines=lines, sought=sought, people=people, kinds=KINDS, names=names)


@bp.get("/audit/export/<kind>")
@admins_only
@needs_confirmation
def export_audit(kind: str) -> FlaskResponse:
    """The same as `csv` or `xlsx`, all of it, oldest first."""
    if kind not in ("csv", "xlsx"):
        abort(404)
    sought = Sought.asked()
    record("export-journal", kind, asked=sought.parameters)
    head = (_("Когда"), _("Кто"), _("Что произошло"), _("IP-адрес"))
    return download(f"journal.{kind}", head, _lines(sought))


def _lines(sought: Sought) -> Callable[[], Iterator[tuple[Any, ...]]]:
    """The cells, made in the reader's language when the request is over: a file is sent as it is written."""
    app, language = current_app._get_current_object(), str(get_locale())  # type: ignore[attr-defined]

    def lines() -> Iterator[tuple[Any, ...]]:
        for rows in _batches(sought):
            with app.app_context(), force_locale(language), connected():
                cells = exported(rows)
            yield from cells

    return lines


def _batches(sought: Sought) -> Iterator[list[Audit]]:
    """In order of time, without holding a connection between batches."""
    order, last = (Audit.at, Audit.id), None
    while True:
        with connected():
            query = sought.all().order_by(*order).limit(BATCH)
            rows = list(query if last is None else query.where(Tuple(*order) > Tuple(last.at, last.id)))
        yield rows
        if len(rows) < BATCH:
            return
        last = rows[-1]
