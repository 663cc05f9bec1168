"""Everything spent on SMS and calls, try by try, as a file."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from flask import Response, abort, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from peewee import Tuple

from cabinet.models import DeliveryTry, Message
from cabinet.models.base import now
from cabinet.models.database import connected
from cabinet.models.delivery_try import UNSENT
from cabinet.models.spending import MOSCOW, day_of
from cabinet.staff.confirmation import needs_confirmation
from cabinet.staff.delivery_figures import WAYS, operator_names
from cabinet.staff.delivery_words import STATES
from cabinet.staff.exports import Row, download
from cabinet.staff.guard import bp, record

BATCH = 1000
PURPOSES: dict[str, Any] = {
    "code": _l("код"),
    "code/registration": _l("код для регистрации"),
    "code/recovery": _l("код для нового пароля"),
    "code/phone": _l("код для смены номера"),
}


@bp.get("/sms/spending/<kind>")
@needs_confirmation
def export_spending(kind: str) -> Response:
    """What was spent from the day `since` to the day `until`, both included; this month by default."""
    if kind not in ("csv", "xlsx"):
        abort(404)
    today = day_of(now())
    since, until = _day("since", today.replace(day=1)), _day("until", today)
    record("export-spending", kind, since=f"{since}", until=f"{until}")
    words = {
        "ways": {way: str(word) for way, word in WAYS.items()},
        "states": {state: str(word) for state, word in STATES.items()},
        "purposes": {purpose: str(word) for purpose, word in PURPOSES.items()},
        "operators": operator_names(),
    }
    return download(f"spending.{kind}", _head(), lambda: _rows(since, until, words))


def _day(name: str, default: date) -> date:
    """A day of the address; the default for what is none."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return default


def _head() -> Row:
    return (
        *(_("Когда"), _("Кому"), _("Зачем"), _("Канал"), _("Шлюз"), _("Оператор")),
        *(_("Сегментов"), _("Рублей"), _("Состояние"), _("Сообщение")),
    )


def _rows(since: date, until: date, words: dict[str, dict[str, Any]]) -> Iterator[Row]:
    """Every try that counts as spent; the phone while its message is kept."""
    for batch in _batches(since, until):
        with connected():
            mine = Message.select(Message.id, Message.to).where(
                Message.id.in_([one.message for one in batch])
            )
            to = {message.id: message.to.lstrip("+") for message in mine}
        for one in batch:
            segments, price = one.cost
            yield (
                one.at + MOSCOW,
                to.get(one.message, ""),
                words["purposes"].get(one.purpose, one.purpose),
                words["ways"].get(one.way, one.way),
                one.gateway,
                words["operators"].get(one.operator, one.operator),
                segments,
                f"{price / 100:.2f}".replace(".", ","),
                words["states"].get(one.state, one.state),
                one.message,
            )


def _batches(since: date, until: date) -> Iterator[list[DeliveryTry]]:
    """In order of time, without holding a connection between batches."""
    begin = _midnight(since)
    counted = (DeliveryTry.at < _midnight(until) + timedelta(days=1), ~DeliveryTry.state_is(*UNSENT))
    order = (DeliveryTry.at, DeliveryTry.id)
    after: Any = DeliveryTry.at >= begin
    while True:
        with connected():
            rows = list(DeliveryTry.select().where(*counted, after).order_by(*order).limit(BATCH))
        if rows:
            yield rows
        if len(rows) < BATCH:
            return
        after = Tuple(*order) > Tuple(rows[-1].at, rows[-1].id)


def _midnight(day: date) -> datetime:
    """When the day begins in Moscow, in UTC."""
    return datetime.combine(day, datetime.min.time()) - MOSCOW
