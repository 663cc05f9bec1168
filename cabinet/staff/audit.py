"""The journal, for admins: who did and saw what, in sentences, by day, person and kind; and as a file."""

from collections.abc import Callable, Iterator
from typing import Any

from flask import Response as FlaskResponse
from flask import abort, current_app
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cabinet.models.audit import Audit
from cabinet.models.database import connected
from cabinet.staff.batches import batches
from cabinet.staff.confirmation import needs_confirmation
from cabinet.staff.exports import download
from cabinet.staff.guard import admins_only, bp, record, show
from cabinet.staff.journal_rows import Names, Sought, exported, sentence
from cabinet.staff.journal_words import KINDS


@bp.get("/audit")
@admins_only
def audit() -> Response:
    """Events: those that the address asks for, the latest first where it does not say."""
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
    """The same as `csv` or `xlsx`, all of it, in the same order."""
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
        for rows in batches(sought.all(), (Audit.at, Audit.id), sought.order.is_ascending):
            with app.app_context(), force_locale(language), connected():
                cells = exported(rows)
            yield from cells

    return lines
