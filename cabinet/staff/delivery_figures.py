"""How SMS, calls and MAX are delivered: by gateway and by operator, and what is left of the budgets."""

from dataclasses import dataclass
from typing import Any

from flask import abort
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from cabinet.models import Alarm, GatewayHealth
from cabinet.models.base import settings
from cabinet.models.delivery_figures import DAY, HOUR, MOST, Figures, by, facts
from cabinet.models.receiver import of_gateways
from cabinet.models.spending import Budget, Spending, budgets
from cabinet.staff.guard import bp, record, show

WAYS = {"sms": _l("СМС"), "call": _l("Звонок"), "max": _l("MAX")}
SPANS = {"hour": HOUR, "day": DAY}


@dataclass(frozen=True)
class Line:
    """A line of a table: what it is about, and its figures."""

    names: tuple[str, ...]
    figures: Figures


@dataclass(frozen=True)
class Purse:
    """A budget as staff read it: `used` and `left` are segments or kopecks."""

    name: str
    budget: Budget
    used: int

    @property
    def left(self) -> int:
        """What may still be spent."""
        return max(0, self.budget.most - self.used)


@bp.get("/sms/figures")
@bp.get("/sms/figures/<span>")
def sms_figures(span: str = "hour") -> Response:
    """The last hour or day, by gateway and by the operator that the numbers belong to."""
    if span not in SPANS:
        abort(404)
    found, whole = facts(SPANS[span])
    by_phone = [one for one in found if one.way != "max"]  # no operator has a part in that
    record("sms-figures", span)
    ways, operators = WAYS, operator_names()
    today, month = Budget("day", "segments", 0).begin, Budget("month", "segments", 0).begin
    return show(
        "sms_figures.html",
        span=span,
        most=None if whole else MOST,
        gateways=[
            Line((gateway, str(ways.get(way, way))), figures)
            for (gateway, way), figures in by(found, lambda one: (one.gateway, one.way)).items()
        ],
        operators=[
            Line((operators[operator],), figures)
            for operator, figures in by(by_phone, lambda one: one.operator).items()
        ],
        resting=list(GatewayHealth.select().where(of_gateways(), GatewayHealth.failures > 0).limit(20)),
        days=[("since", _("С"), month), ("until", _("По"), today)],
        alarms=_alarms(),
        purses=purses(),
        kept=settings().messages_kept // 86400,
        spent=[(_("сегодня"), *Spending.since(today)), (_("с начала месяца"), *Spending.since(month))],
    )


def _alarms() -> list[Alarm]:
    """Those that stand; of each that comes in steps the highest one."""
    standing = {
        alarm.name.rpartition("/")[0] if "percent" in alarm.data else alarm.name: alarm
        for alarm in sorted(Alarm.standing(), key=lambda one: int(one.data.get("percent", 0)))
    }
    return sorted(standing.values(), key=lambda one: one.at)


def purses() -> list[Purse]:
    """The budgets with what is used up of them."""
    names = {"day": _("На день"), "month": _("На месяц")}
    return [Purse(names[one.period], one, one.spent) for one in budgets()]


def operator_names() -> dict[str, Any]:
    """What operators are called; a number that was ported counts under the operator before."""
    return {
        "mts": _("МТС"),
        "megafon": _("МегаФон"),
        "beeline": _("Билайн"),
        "t2": _("Т2"),
        "motiv": _("Мотив"),
        "other": _("Другие"),
        "": _("Неизвестен"),
    }
