"""The other cabinet that a resident shows to be theirs: kept in the session for minutes, as it was then."""

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from cabinet.models import AccountEvent, Device, OneTimeCode, User
from cabinet.models.account_event import ids_of, number_changed_at
from cabinet.models.base import now, settings, unix_time
from cabinet.models.device import SETTLED
from cabinet.models.merging import may_merge
from cabinet.models.phone_proof import proved_by_sim
from cabinet.models.way_back import WayBack
from cabinet.web import session_keys as keys
from cabinet.web.devices import known_device, may_be_a_strangers, may_be_another, presented
from cabinet.web.flow import advance, flash
from cabinet.web.happenings import record
from cabinet.web.security import client_address, user_agent
from cabinet.web.sessions import session
from cabinet.web.sign_in import resident
from cabinet.wording.formats import display_phone

RECEIPT, RECEIPT_OR_CODE = "receipt", "receipt or code"  # what is asked for beside what was right


def shown(found: User, by: str, settled: bool) -> str:
    """Its password, a code or a passkey was right: the step that is next, in the transaction that settles it.

    `by` says which, `settled` whether that is more than a password: a number or a passkey that was there for
    a day, since whoever knows the password brings in others. A receipt is asked for first where the number
    may be another person's by now; and a receipt or a code beside what others may know, for a merge cannot
    be undone.
    """
    asked = _asked_beside(found, by, settled)
    session[keys.OTHER_CABINET] = {
        "user": found.id,
        "stamp": found.stamp,
        "at": int(unix_time()),
        "asked": asked,
        "by": by,
    }
    if not asked:
        return proved(found)
    record("receipt-asked", found)
    return "merging_receipt.receipt"


def _asked_beside(found: User, by: str, settled: bool) -> str:
    if by == "passkey" and (settled or not found.has_number):  # which is not merged
        return ""
    if may_be_another(found) or (by == "code" and may_be_a_strangers(found)):
        return RECEIPT
    return "" if settled or Device.is_settled(presented(), found) else RECEIPT_OR_CODE


def number_is_settled(found: User) -> bool:
    """Whether its number was not changed within a day: a code to it then shows more than a password."""
    changed = number_changed_at(found)
    return changed is None or changed < now() - SETTLED


def proved(found: User) -> str:
    """It is the resident's own: the step that is next. Whoever is in that cabinet sees that it was proved.

    What comes shows what is in it: in a browser that is new to it, that is told of as a sign-in is.
    """
    record("cabinet-proved", found, by=resident().id)
    if shown_by() == "code":
        proved_by_sim(found)
    if known_device(found) is None:
        found.notify("new_device", sms=False, browser=user_agent(), at=now().isoformat())
    session[keys.OTHER_CABINET] = {**session[keys.OTHER_CABINET], "asked": ""}
    if may_merge(resident(), found):
        return "merging.review"
    session.pop(keys.OTHER_CABINET)
    if current_user.delete_at:
        flash(_("Этот кабинет скоро удалят. Сначала нажмите «Не удалять кабинет»."), "warn")
        return "home.home"
    if WayBack.is_open(found):
        flash(_("В том кабинете недавно сменили номер. Объединить кабинеты можно будет позже."), "warn")
    elif found.has_number:
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


def shown_by() -> str:
    """What was right of `asked_for_receipt`: "password", "code" or "passkey"."""
    return str(session[keys.OTHER_CABINET].get("by", "password"))


def more_is_asked() -> bool:
    """Whether `asked_for_receipt` is asked for because what was right may be known to others."""
    return bool(session[keys.OTHER_CABINET]["asked"] == RECEIPT_OR_CODE)


def code_would_do(found: User) -> bool:
    """Whether a code to its number does in place of a receipt: not to one that may have just been put in."""
    return more_is_asked() and number_is_settled(found)


def receipt_would_do(found: User) -> bool:
    """Whether one of its receipts does: not where whoever knows the password may have read it just now.

    Whoever signs in sees what stands on receipts, but that is told to the owner, who has a day to notice.
    """
    return not (more_is_asked() and AccountEvent.signed_in_since(found, now() - SETTLED))


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
