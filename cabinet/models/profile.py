"""What residents change about themselves, and what each change ends."""

from datetime import datetime

from cabinet.models.account_event import AccountEvent
from cabinet.models.audit import Audit
from cabinet.models.base import now
from cabinet.models.code import OneTimeCode
from cabinet.models.database import db
from cabinet.models.device import Device
from cabinet.models.email import EmailLink
from cabinet.models.linking import update_words
from cabinet.models.max_link import MaxLink
from cabinet.models.passed_number import PassedNumber, no_number, release, tell_of
from cabinet.models.passkey import Passkey
from cabinet.models.phone_proof import came_by_sim, proved_by_sim
from cabinet.models.prepared import insert
from cabinet.models.unit import whole
from cabinet.models.user import User, by_staff
from cabinet.models.way_back import WayBack


class ChangedMeanwhileError(Exception):
    """What was to be changed is not as it was shown any more."""


@whole
def rename(user: User, last_name: str, first_name: str, middle_name: str, ip: str) -> None:
    """Change the name; notifies the staff."""
    user.hold()
    before = user.full_name
    _name(user, last_name, first_name, middle_name)
    user.notify_staff("profile_changed", what="name", before=before)
    Audit.record("renamed", f"user:{user.id}", user.id, ip)


def _name(user: User, last_name: str, first_name: str, middle_name: str) -> None:
    user.last_name, user.first_name, user.middle_name = last_name, first_name, middle_name
    user.save(only=[User.last_name, User.first_name, User.middle_name])
    update_words(user)


@whole
def correct_name(user: User, names: tuple[str, str, str], seen: str, by: str, ip: str) -> bool:
    """As `rename`, by a member of staff who was shown the name `seen`; the resident is told. False: the same.

    Raises ChangedMeanwhileError if the name is another one by now.
    """
    user.hold()
    before: User = User.get_by_id(user.id)
    if before.full_name != seen:
        raise ChangedMeanwhileError
    if (before.last_name, before.first_name, before.middle_name) == names:
        return False
    _name(user, *names)
    user.notify("name_corrected", sms=False)
    user.notify_staff("profile_changed", what="name", before=before.full_name, **by_staff(by))
    Audit.record("staff-resident-renamed", by, user.id, ip)
    return True


@whole
def change_email(user: User, email: str, ip: str) -> None:
    """Change the address, to be confirmed again; notifies the old address and the staff.

    If it is the current address, the e-mail is sent again. Raises TooManyError, changing nothing, when
    e-mails were requested too often.
    """
    user.hold()
    before = user.email
    if email == before:
        EmailLink.send(user)
        return
    if before:
        user.notify("email_changed", sms=False)
    User.update(email=email, email_confirmed_at=None).where(User.id == user.id).execute()
    EmailLink.send(User.get_by_id(user.id))
    user.email, user.email_confirmed_at = email, None
    update_words(user)
    user.notify_staff("profile_changed", what="email", before=before)
    Audit.record("email-changed", f"user:{user.id}", user.id, ip)


def change_phone(
    user: User, phone: str, ip: str, keep_session: str, passkey_since: datetime | None = None
) -> None:
    """Change the phone, verified by a code before; the old one is told, other sessions and its codes end.

    The current number changes nothing; one of a resident unseen for long passes on. `passkey_since`: since
    when there is the passkey by which the session began. Raises peewee.IntegrityError when another resident
    has it, and, as all changes here, CredentialsChangedError when it was begun under other credentials.
    """
    before, had_number = user.phone, user.has_number
    if phone == before:
        return
    with db.atomic():
        user.hold()
        former = release(phone)
        User.update(phone=phone).where(User.id == user.id).execute()
        until = WayBack.open(user, before, phone, passkey_since) if had_number else None
        user.notify("phone_changed", sms=True, **({"until": until.date().isoformat()} if until else {}))
        user.phone = phone
        proved_by_sim(user)
        update_words(user)
        OneTimeCode.void_all(before)
        MaxLink.forget(user)
        EmailLink.void_all(user)
        user.end_sessions(but=keep_session)
        if former:
            tell_of(former, user)
        user.notify_staff("profile_changed", what="phone", before=before if had_number else "")
        Audit.record("phone-changed", f"user:{user.id}", user.id, ip)


def replace_number(user: User, phone: str) -> None:
    """Give the resident a number that others than they decided on, inside the caller's transaction.

    Who has the old one is told; all that was signed in with ends, the password as well.
    """
    before = user.phone
    user.notify("phone_changed", sms=True)
    user.end_sessions(phone=phone, password_hash=None)
    user.phone = phone
    update_words(user)
    for number in (before, phone):
        OneTimeCode.void_all(number)
    end_ways_in(user)


def end_ways_in(user: User) -> None:
    """What signs in, or leads to it, besides the password and the phone."""
    EmailLink.void_all(user)
    Device.forget(user)
    Passkey.forget(user)
    MaxLink.forget(user)


@whole
def close(user: User, actor: str, ip: str, reason: str) -> bool:
    """Block the resident as staff do, for one of REASONS; False if that was done before.

    A stranger who was in knows the password or left a passkey: neither lets in once it is open again, and a
    code to the phone sets another password. Nor does a number that came so lately that it may be theirs: the
    cabinet has none then, and the holder of the one before takes it back once it is open (`WayBack`).
    """
    if not user.block(True, actor, ip, reason):
        return False
    if reason == "stranger":
        OneTimeCode.void_all(user.phone)
        user.end_sessions(password_hash=None)
        if WayBack.is_open(user) and user.has_number:
            _drop_number(user, actor, ip)
        end_ways_in(user)
    return True


def _drop_number(user: User, actor: str, ip: str) -> None:
    """Staff take the number away; `PassedNumber` keeps which, since the journal names none."""
    before, user.phone = user.phone, no_number()
    user.end_sessions(phone=user.phone)
    update_words(user)
    insert(PassedNumber(phone=before, user=user.id, taken_by=""))
    user.notify_staff("profile_changed", what="phone", before=before, **by_staff(actor))
    Audit.record("staff-number-dropped", actor, user.id, ip)


@whole
def reopen(user: User, actor: str, ip: str) -> bool:
    """Let the resident in again; False if that was done before. A way back lasts as if it began now."""
    closed_at = user.blocked_at
    if not user.block(False, actor, ip):
        return False
    if closed_at:
        WayBack.restart(user, closed_at)
    return True


@whole
def set_password(
    user: User,
    password_hash: str,
    ip: str,
    keep_session: str = "",
    keep_device: str | None = None,
    keep_passkey: str | None = None,
) -> None:
    """Set a new password: ends other sessions, codes, links, passkeys and MAX, forgets browsers, notifies.

    Who sets one was seen, so that the receipt which is asked for before a recovery is asked for once.
    """
    user.hold()
    user.end_sessions(but=keep_session, password_hash=password_hash, seen_at=now())
    Device.forget(user, but=keep_device)
    Passkey.forget(user, but=keep_passkey)
    MaxLink.forget(user)
    OneTimeCode.void_all(user.phone)
    EmailLink.void_all(user)
    user.notify("password_changed", sms=True)
    Audit.record("password-changed", f"user:{user.id}", user.id, ip)


def recover(
    user: User, code: OneTimeCode, password_hash: str, ip: str, keep_device: str | None = None
) -> bool:
    """Set a new password on the strength of a code that verified the phone; uses up the code.

    False, and nothing changes, when a password was set meanwhile, by the same click or elsewhere.
    """
    with db.atomic():
        # the code is proof enough, so nothing else has to be as it was; locked first, as by every change
        user.stamp = user.current_stamp() or ""
        claimed = (
            OneTimeCode.update(voided_at=now())
            .where(OneTimeCode.id == code.id, OneTimeCode.voided_at.is_null())
            .execute()
        )
        if claimed:
            set_password(user, password_hash, ip, keep_device=keep_device)
            if came_by_sim(code):
                proved_by_sim(user)
            AccountEvent.record("recovered", user.phone, ip, user_id=user.id)
        return bool(claimed)
