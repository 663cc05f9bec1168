"""The other cabinet that a resident shows to be theirs: kept in the session for minutes, as it was then."""

from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from cabinet.models import User
from cabinet.models.account_event import ids_of
from cabinet.models.base import now, settings, unix_time
from cabinet.models.merging import may_merge
from cabinet.web import session_keys as keys
from cabinet.web.devices import known_device, may_be_another
from cabinet.web.flow import advance, flash
from cabinet.web.happenings import record
from cabinet.web.security import user_agent
from cabinet.web.sessions import session
from cabinet.web.sign_in import resident
from cabinet.wording.formats import display_phone


def shown(found: User) -> str:
    """Its password or a code was right: the step that is next, inside the transaction that settles that.

    A receipt is asked for first where the number may be another person's by now.
    """
    asked = may_be_another(found)
    session[keys.OTHER_CABINET] = {
        "user": found.id,
        "stamp": found.stamp,
        "at": int(unix_time()),
        "receipt": asked,
    }
    if not asked:
        return proved(found)
    record("receipt-asked", found)
    return "merging_receipt.receipt"


def proved(found: User) -> str:
    """It is the resident's own: the step that is next. Whoever is in that cabinet sees that it was proved.

    What comes shows what is in it: in a browser that is new to it, that is told of as a sign-in is.
    """
    record("cabinet-proved", found, by=resident().id)
    if known_device(found) is None:
        found.notify("new_device", sms=False, browser=user_agent(), at=now().isoformat())
    session[keys.OTHER_CABINET] = {**session[keys.OTHER_CABINET], "receipt": False}
    if may_merge(resident(), found):
        return "merging.review"
    session.pop(keys.OTHER_CABINET)
    if current_user.delete_at:
        flash(_("Этот кабинет скоро удалят. Сначала нажмите «Не удалять кабинет»."), "warn")
        return "home.home"
    flash(_("Тот кабинет скоро удалят. Сначала войдите в него и нажмите «Не удалять кабинет»."), "warn")
    return "merging.other"


def asked_for_receipt() -> User | None:
    """The cabinet that is proved but for a receipt; None where there is none."""
    return _kept(receipt=True)


def other_cabinet() -> User | None:
    """The cabinet that was proved here lately and has not changed since; None where none was."""
    return _kept(receipt=False)


def _kept(receipt: bool) -> User | None:
    kept = session.get(keys.OTHER_CABINET)
    if not kept or kept["receipt"] is not receipt:
        return None
    if unix_time() - kept["at"] >= settings().new_password_lifetime:
        return None
    found = User.find(kept["user"])
    return found if found and found.stamp == kept["stamp"] else None


def from_the_beginning(asked: str | None = None) -> Response:
    """It is to be proved again; but who pressed twice is where the first press led.

    `asked`: the id of the one that was asked about, where that is known.
    """
    kept = session.pop(keys.OTHER_CABINET, None)
    if kept and asked in (None, kept["user"]) and kept["user"] in ids_of(resident()):
        return merged()
    if kept:
        flash(_("Подтвердите тот кабинет ещё раз."), "info")
    return advance("merging.other")


def merged() -> Response:
    """Home, where all is together now. What was proved stays in the session for a second press."""
    number = display_phone(current_user.phone)
    flash(_("Кабинеты объединены. Входите по номеру %(number)s.", number=number))
    return advance("home.home")
