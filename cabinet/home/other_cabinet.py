"""The other cabinet that a resident shows to be theirs: kept in the session for minutes, as it was then."""

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from cabinet.models import AccountEvent, Device, OneTimeCode, User
from cabinet.models.account_event import ids_of
from cabinet.models.base import now, settings, unix_time
from cabinet.models.device import SETTLED
from cabinet.models.merging import may_merge
from cabinet.web import session_keys as keys
from cabinet.web.devices import known_device, may_be_another, presented
from cabinet.web.flow import advance, flash
from cabinet.web.happenings import record
from cabinet.web.security import client_address, user_agent
from cabinet.web.sessions import session
from cabinet.web.sign_in import resident
from cabinet.wording.formats import display_phone

RECEIPT, RECEIPT_OR_CODE = "receipt", "receipt or code"  # what is asked for beside what was right


def shown(found: User, by: str) -> str:
    """Its password, a code or a passkey was right: the step that is next, in the transaction that settles it.

    `by` says which. A receipt is asked for first where the number may be another person's by now; and a
    receipt or a code beside a password alone, which others may know, for a merge cannot be undone.
    """
    asked = _asked_beside(found, by)
    session[keys.OTHER_CABINET] = {
        "user": found.id,
        "stamp": found.stamp,
        "at": int(unix_time()),
        "asked": asked,
    }
    if not asked:
        return proved(found)
    record("receipt-asked", found)
    return "merging_receipt.receipt"


def _asked_beside(found: User, by: str) -> str:
    if by == "passkey":
        return ""
    if may_be_another(found):
        return RECEIPT
    return RECEIPT_OR_CODE if by == "password" and not Device.is_settled(presented(), found) else ""


def proved(found: User) -> str:
    """It is the resident's own: the step that is next. Whoever is in that cabinet sees that it was proved.

    What comes shows what is in it: in a browser that is new to it, that is told of as a sign-in is.
    """
    record("cabinet-proved", found, by=resident().id)
    if known_device(found) is None:
        found.notify("new_device", sms=False, browser=user_agent(), at=now().isoformat())
    session[keys.OTHER_CABINET] = {**session[keys.OTHER_CABINET], "asked": ""}
    if may_merge(resident(), found):
        return "merging.review"
    session.pop(keys.OTHER_CABINET)
    if current_user.delete_at:
        flash(_("Этот кабинет скоро удалят. Сначала нажмите «Не удалять кабинет»."), "warn")
        return "home.home"
    if found.has_number:
        flash(_("Тот кабинет скоро удалят. Сначала войдите в него и нажмите «Не удалять кабинет»."), "warn")
    else:
        flash(_("У того кабинета сейчас нет номера. Сначала войдите в него и укажите номер."), "warn")
    return "merging.other"


def send_code(phone: str) -> Response:
    """To whatever number it is: an answer that depended on its cabinet would tell of it.

    Raises TooManyError.
    """
    code = OneTimeCode.send("merge", phone, client_address(), str(get_locale()))
    session[keys.CODE] = code.id
    return advance("entry.code")


def asked_for_receipt() -> User | None:
    """The cabinet that is proved but for a receipt or a code; None where there is none."""
    return _kept(RECEIPT, RECEIPT_OR_CODE)


def code_would_do() -> bool:
    """Whether a code to the number of `asked_for_receipt` does in place of a receipt."""
    return bool(session[keys.OTHER_CABINET]["asked"] == RECEIPT_OR_CODE)


def receipt_would_do(found: User) -> bool:
    """Whether one of its receipts does: not where whoever knows the password may have read it just now.

    Whoever signs in sees what stands on receipts, but that is told to the owner, who has a day to notice.
    """
    return not (code_would_do() and AccountEvent.signed_in_since(found, now() - SETTLED))


def other_cabinet() -> User | None:
    """The cabinet that was proved here lately and has not changed since; None where none was."""
    return _kept("")


def _kept(*asked: str) -> User | None:
    kept = session.get(keys.OTHER_CABINET)
    if not kept or kept.get("asked") not in asked:
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
