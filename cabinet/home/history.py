"""What is stored about a resident, in readable form: the page beside the machine-readable file."""

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _


def readable(data: dict[str, Any]) -> dict[str, Any]:
    """The data of `own_data` with dates parsed and kinds named in the reader's language."""
    return {
        **data,
        "birth_date": data["birth_date"] and date.fromisoformat(data["birth_date"]),
        "consents": [
            {**c, "what": _consents().get(c["kind"], c["kind"]), "at": datetime.fromisoformat(c["at"])}
            for c in data["consents"]
        ],
        "sessions": [{**s, "seen": datetime.fromisoformat(s["seen"])} for s in data["sessions"]],
        "devices": [{**d, "seen": datetime.fromisoformat(d["seen"])} for d in data["devices"]],
        "events": [
            {"what": _events().get(e["what"], e["what"]), "at": datetime.fromisoformat(e["at"])}
            for e in data["events"]
        ],
    }


def _consents() -> dict[str, str]:
    return {
        "consent": _("Согласие на обработку персональных данных"),
        "terms": _("Условия использования сервиса"),
    }


def _events() -> dict[str, str]:
    return {
        "registered": _("Кабинет создан"),
        "account-linked": _("Адрес добавлен"),
        "account-unlinked": _("Адрес убран"),
        "renamed": _("Имя изменено"),
        "email-changed": _("Почта изменена"),
        "phone-changed": _("Номер телефона изменён"),
        "password-changed": _("Пароль изменён"),
        "deletion-requested": _("Согласие отозвано"),
        "deletion-cancelled": _("Кабинет оставлен"),
    }
