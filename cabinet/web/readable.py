"""What is stored about a resident, in readable form: the page beside the machine-readable file."""

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from cabinet.web.happenings import name_of

MOMENTS = (
    "at",
    "began",
    "seen",
    "added",
    "written",
    "sent",
    "given_up",
    "completed_at",
    "period",
    "linked_at",
    "asked_at",
    "recorded_at",
)


def readable(data: dict[str, Any]) -> dict[str, Any]:
    """The data of `own_data` with dates parsed and kinds named in the reader's language."""
    found: dict[str, Any] = _parsed(data)
    return {
        **found,
        "birth_date": data["birth_date"] and date.fromisoformat(data["birth_date"]),
        "consents": [{**c, "what": _consents().get(c["kind"], c["kind"])} for c in found["consents"]],
        "requests": [{**r, "state": _states()[r["state"]]} for r in found["requests"]],
        "messages": [{**m, "channel": _channels().get(m["channel"], "")} for m in found["messages"]],
        "events": [{**e, "what": name_of(e["what"])} for e in found["events"]],
    }


def _parsed(data: Any) -> Any:
    """The same with the moments of rows as `datetime`, wherever they stand but in what was said."""
    if isinstance(data, list):
        return [_parsed(one) for one in data]
    if isinstance(data, dict):
        plain = ("said", "text")
        return {
            name: one if name in plain else _moment(one) if name in MOMENTS else _parsed(one)
            for name, one in data.items()
        }
    return data


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _states() -> dict[str, str]:
    return {
        "new": _("Ждёт ответа"),
        "in_work": _("В работе"),
        "done": _("Выполнена"),
        "refused": _("Отказано"),
    }


def _channels() -> dict[str, str]:
    return {"sms": _("СМС"), "call": _("Звонок"), "max": _("MAX"), "mail": _("Письмо")}


def _consents() -> dict[str, str]:
    return {
        "consent": _("Согласие на обработку персональных данных"),
        "terms": _("Условия использования сервиса"),
    }
