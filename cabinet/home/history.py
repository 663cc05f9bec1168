"""What is stored about a resident, in readable form: the page beside the machine-readable file."""

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from cabinet.web.happenings import name_of


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
        "passkeys": [{**p, "added": datetime.fromisoformat(p["added"])} for p in data["passkeys"]],
        "events": [
            {"what": name_of(e["what"]), "at": datetime.fromisoformat(e["at"])} for e in data["events"]
        ],
    }


def _consents() -> dict[str, str]:
    return {
        "consent": _("Согласие на обработку персональных данных"),
        "terms": _("Условия использования сервиса"),
    }
