"""A resident who has left something in every table and folder, and where it still stands."""

from datetime import date
from typing import Any

from cabinet.models import (
    TABLES,
    AccountEvent,
    Attempt,
    Audit,
    Consent,
    DataRequest,
    DeliveryTry,
    Device,
    EmailLink,
    InboxItem,
    Invitation,
    MaxContact,
    MaxLink,
    MaxStart,
    Message,
    OneTimeCode,
    PassedNumber,
    Passkey,
    PhoneChange,
    Registration,
    RequestNote,
    Unread,
    User,
    WayBack,
    WebSession,
    audit_chain,
)
from cabinet.models.attempt import counter_key
from cabinet.models.base import now, unix_time
from cabinet.models.database import db
from cabinet.models.mailbox import counted_as
from cabinet.receipts import store
from tests.cast import LESNAYA, PHONE, bill, resident
from tests.models.test_request import submit

IP, BROWSER, EMAIL = "203.0.113.77", "Browser of Anna", "anna-everything@example.org"
MARKS = (PHONE, EMAIL, "Единственная", IP, BROWSER, "Неповторимая", "1981-03-07", "Только моё", LESNAYA)


def everything() -> User:
    """A resident who has left something in every table that takes it."""
    bill(LESNAYA)
    born = date(1981, 3, 7)
    who: dict[str, Any] = {"last_name": "Единственная", "email": EMAIL, "birth_date": born}
    anna = resident(PHONE, accounts=[LESNAYA], **who)
    WebSession.store("session", {"typed": EMAIL}, anna.id, IP, BROWSER)
    Device.remember(None, anna, BROWSER)
    MaxContact.begin(OneTimeCode.send("phone", PHONE, IP, "ru"), "ru")
    typed = {"last_name": "Единственная", "email": EMAIL, "street": "Неповторимая", "comment": "Только моё"}
    request = submit(PHONE, key="1", user_id=anna.id, receipt=a_file(), ip=IP, **typed)
    submit(PHONE, key="2", ip=IP, **typed)
    with db.atomic():
        Passkey.create(user=anna, credential="a", public_key=b"", name=BROWSER)
        MaxLink.create(user=anna, max_user=501, started=now())
        MaxStart.create(user=anna, stamp=anna.stamp, expires_at=now())
        for registration, user in (("r1", anna.id), ("r2", None)):
            Consent.give("consent", "1", "text", PHONE, registration, IP, BROWSER)
            Consent.update(user_id=user).where(Consent.registration == registration).execute()
        for whose in (anna, None):
            ended = now() if whose else None
            Registration.create(phone=PHONE, user=whose, account=LESNAYA, completed_at=ended, **who)
        for kind in ("reply", "answer", "note"):
            RequestNote.create(request=request, kind=kind, text="Только моё", file=a_file())
        Unread.create(request=request)
        Audit.record("password-changed", f"user:{anna.id}", anna.id, IP)
        Audit.record("staff-resident-seen", "staff:clerk", anna.id, "198.51.100.1")
        AccountEvent.record("signed-in", PHONE, IP, BROWSER, anna.id)
        InboxItem.create(kind="sms", to=PHONE, text=EMAIL)
        InboxItem.create(kind="mail", to="staff@example.org", text=f"{PHONE} Единственная")
        EmailLink.create(user=anna, email=EMAIL, expires_at=anna.created_at)
        PassedNumber.create(phone=PHONE, user=anna, taken_by=anna.id)
        _phone_change(anna)
        _data_request(anna, born)
        _invitations(anna)
        Attempt.add(("login", PHONE), ("login", counter_key(PHONE, "device")), ("passkey", anna.id))
        Attempt.add(("lookup-account", LESNAYA), counted_as(EMAIL))
        _messages(anna)
    _desk(anna, request.number)
    audit_chain.seal()
    return anna


def _phone_change(anna: User) -> None:
    """Another number that a clerk asked for, and one of before."""
    texts = {"reason": "Только моё", "identified": EMAIL, "words": "Только моё", "asked_by": "s", "seen": ""}
    PhoneChange.create(user=anna, phone=PHONE, until=now(), **texts)
    WayBack.create(phone=PHONE, user=anna, accounts=[LESNAYA])


def _invitations(anna: User) -> None:
    """By telephone: one that the cabinet came from, one that was withdrawn before."""
    who: dict[str, Any] = {"last_name": "Единственная", "first_name": "Анна", "email": EMAIL}
    receipt = {"account": LESNAYA, "period": date(2026, 10, 1), "amount": 1}
    for user, outcome in ((anna.id, "used"), (None, "withdrawn")):
        told = {"user": user, "outcome": outcome, "asked_by": "s", "asked_under": "", "until": now()}
        Invitation.create(phone=PHONE, birth_date=date(1981, 3, 7), **who, **receipt, **told)


def _data_request(anna: User, day: date) -> None:
    asked = {"kind": "tell", "way": "post", "words": "Только моё", "answer": EMAIL, "recorded_by": "s"}
    DataRequest.create(user=anna, phone=PHONE, came_on=day, until=day, **asked)


def _desk(anna: User, number: str) -> None:
    """The session of a clerk who was about to write to the resident, and of them."""
    asked = {"phone": "8 (916) 123-45-67", "words": "Только моё", "at": int(unix_time())}
    typed = {
        number: {"reply": "Только моё", "attached": store.keep(b"x"), "at": int(unix_time())},
        f"/staff/resident/{anna.id}/name": {"last_name": "Неповторимая", "at": int(unix_time())},
        "/staff/data-requests": asked,
        "/staff/registrations/invitations/new": {"last_name": "Единственная", "first_name": "анна"},
    }
    data = {
        "staff": {"id": "s"},
        "staff_typed": typed,
        "staff_sent": dict.fromkeys(typed, 1),
        "staff_search": "единственная",
        "staff_undo": {"user": anna.id, "before": ["Единственная", "Анна", ""]},
        "staff_wanted": ["staff.resident", {"user_id": anna.id}],
        "rejected": {"form": "InvitationForm", "data": {"email": EMAIL.upper()}},
        "notice": {"kind": "done", "text": f"Приглашение отправлено: {PHONE}"},
    }
    WebSession.store("desk", data, None, "198.51.100.1", "Browser of a clerk")


def a_file() -> str:
    """A stored file with something of the resident's in it."""
    name = store.keep(f"{PHONE} Единственная".encode())
    store.settle(name)
    return name


def _messages(anna: User) -> None:
    """Dead, sent and waiting ones: to the resident, and copies for staff and webhooks."""
    for data in ({"user": anna.id, "name": "Единственная"}, {"phone": PHONE}, {"nested": {"email": EMAIL}}):
        parent = Message.enqueue("staff", "over", data=data)
        Message.enqueue("webhook", "over", to="https://example.org/", data=data, parent=parent.id)
        Message.enqueue("mail", "over", to="staff@example.org", data=data, parent=parent.id)
    for to in (PHONE, EMAIL):
        Message.enqueue("sms", "over", to=to, data={"name": "Единственная"})
    DeliveryTry.create(message=anna.id, gateway="smsc")
    Message.update(due_at=None, dead_at=anna.created_at).where(Message.template == "over").execute()


def left_of(marks: tuple[str, ...], tables: Any = TABLES) -> dict[str, list[str]]:
    """Where these texts still stand, table by table."""
    found: dict[str, list[str]] = {}
    for table in tables:
        for row in table.select().dicts():
            named = [
                f"{name}: {value}"
                for name, value in row.items()
                if any(m.lower() in f"{value}".lower() for m in marks)
            ]
            if named:
                found.setdefault(table._meta.table_name, []).extend(named)
    return found
