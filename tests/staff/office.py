"""An office in which something lies on every page of the staff, and the addresses of all those pages.

The addresses come from the URL map: a page that is added is walked to by whoever walks through them all, or
the walk says which argument of it stands for nothing here yet. `python -m tests.staff.office EMAIL` furnishes
the database of the settings for that member of staff, and prints what
`tests/browser/test_staff_pages.py` needs.
"""

import io
import json
import sys
from collections.abc import Iterable
from datetime import timedelta
from itertools import product
from typing import Any, cast

from flask import Flask, url_for
from PIL import Image

from cabinet.models import (
    Account,
    AccountLink,
    ConnectionRequest,
    DataRequest,
    Invitation,
    Message,
    PassedNumber,
    PhoneChange,
    Registration,
    ReplyTemplate,
    RequestNote,
    Staff,
    Unread,
    User,
    WayBack,
    WebSession,
    staff_admin,
)
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.models.linking import update_words
from cabinet.receipts import store
from cabinet.staff.guard import WITHOUT_SIGN_IN

PHONE, GONE, FORMER, CALLER = "+79995550001", "+79995550002", "+79995550003", "+79995550004"
ACCOUNT, FREE = "9955500001", "9955500002"
NAME = "Подоконникова"  # by whom a search finds something
NUMBERS = ("99550001", "99550002", "99550003")  # waits, of the same person, closed

Values = dict[str, list[str]]
ANY = {
    "kind": ["csv"],
    "name": ["requests.csv"],
    "period": ["2026-10"],
    "what": ["offer"],
    "key": ["new"],
    "number": [NUMBERS[0], NUMBERS[2]],
    "account": [FREE],
    "other": [NUMBERS[1]],
}
# where an argument means something of its own there; without it the list is that of the most usual
OWN = {
    "staff.messages": {"state": ["sent", "found"]},
    "staff.requests": {"state": ["mine", "answered", "done", "found"]},
    "staff.residents": {"state": ["found"]},
    "staff.sms_figures": {"span": ["day"]},
    "staff.account_of_resident": {"account": [FREE, ACCOUNT]},
    "staff.request_of_cabinet": {"number": [NUMBERS[0]]},
    "staff.request_receipt_picture": {"number": [NUMBERS[0]]},
    "staff.request_receipt": {"number": [NUMBERS[0]]},
    "staff.request_file": {"number": [NUMBERS[0]]},
    "staff.request_file_picture": {"number": [NUMBERS[0]]},
    "staff.merge_question": {"number": [NUMBERS[0]]},
    "staff.accounts_for_request": {"number": [NUMBERS[0]]},
    "staff.account_for_request": {"number": [NUMBERS[0]]},
}


def addresses(app: Flask, found: Values) -> list[tuple[str, str]]:
    """Endpoint and address of all that staff can open; `found` has what stands for each argument."""
    told: list[tuple[str, str]] = []
    with app.test_request_context("/"):
        for rule in app.url_map.iter_rules():
            if not rule.endpoint.startswith("staff.") or "GET" not in (rule.methods or ()):
                continue
            values = {**ANY, **found, **OWN.get(rule.endpoint, {})}
            names = sorted(rule.arguments)
            assert not set(names) - set(values), f"nothing here stands for the arguments of {rule.rule}"
            for each in product(*(values[name] for name in names)):
                chosen: dict[str, Any] = dict(zip(names, each, strict=True))
                told.append((rule.endpoint, url_for(rule.endpoint, **chosen)))
    return sorted(dict.fromkeys(told))


def furnish(me: Staff) -> Values:
    """Put something onto every page; returns what stands for the arguments of addresses."""
    with db.atomic():
        for number in (ACCOUNT, FREE):
            Account.create(number=number, printed=number, address=f"г. Клин, ул. Оконная, д. {number[-1]}")
    anna = _resident()
    colleague = Staff.add("colleague@example.org", "clerk", "x", "Борис Носов")
    _newcomer, secret = staff_admin.invite(me, "newcomer@example.org", "Ольга Новикова", "clerk", "192.0.2.1")
    with db.atomic():
        template = ReplyTemplate.create(title="Подключили", text="Подключили {адрес}.")
        message = Message.create(channel="mail", template="password_changed", to="a@example.org", due_at=None)
        Message.update(dead_at=now(), error="550 no such box", tries=12).where(
            Message.id == message.id
        ).execute()
        Registration.create(phone=CALLER, last_name=NAME, first_name="Вера", account=ACCOUNT)
    return {
        "user_id": [anna.id],
        "staff_id": [colleague.id, me.id],
        "secret": [secret, "none"],
        "key": ["new", str(template.id)],
        "message_id": [message.id],
        "entry": [str(_requests(anna, me))],
        "change": _changes(anna, me, colleague),
        "request_id": _data_requests(anna, me),
        "invitation_id": [_invitation(me)],
    }


def _resident() -> User:
    with db.atomic():
        anna: User = User.create(
            phone=PHONE, last_name=NAME, first_name="Анна", email="anna.p@example.org", password_hash="x"
        )
        AccountLink.create(user=anna, account=ACCOUNT)
        update_words(anna)
        PassedNumber.create(phone=GONE, user=anna, taken_by="")
        WayBack.create(phone=FORMER, user=anna, accounts=[ACCOUNT])
        WebSession.store("office", {}, anna.id, "192.0.2.7", "Mozilla/5.0 (X11; Linux) Firefox/140.0")
    return anna


def _requests(anna: User, me: Staff) -> int:
    """Three requests; returns the entry of the first that has a file."""
    asked = {"phone": PHONE, "last_name": NAME, "first_name": "Анна", "email": anna.email, "user": anna}
    place = {"city": "Клин", "street": "Оконная", "house": "1", "comment": "Подключите, пожалуйста"}
    with db.atomic():
        paper = {"receipt": _picture(), "receipt_type": "image/png"}
        closed = {"state": "done", "closed_at": now()}
        rows = [
            ConnectionRequest.create(**asked, **place, number=number, idempotency_key=number, **changes)
            for number, changes in zip(NUMBERS, cast(list[dict[str, Any]], [paper, {}, closed]), strict=True)
        ]
        mine = {"state": "in_work", "assignee": me.id, "phone": CALLER, "user": None}
        ConnectionRequest.create(**{**asked, **place, **mine}, number="99550004", idempotency_key="4")
        by_contact = {"proved_by": "max", "user": None}
        ConnectionRequest.create(**{**asked, **place, **by_contact}, number="99550005", idempotency_key="5")
        for kind, text in (
            ("state", "in_work"),
            ("reply", "Посмотрим"),
            ("note", "Звонила"),
            ("handed", me.id),
        ):
            RequestNote.create(request=rows[0], kind=kind, text=text, staff=me.id)
        told = {"kind": "answer", "text": "Вот фото", "file": _picture(), "file_type": "image/png"}
        entry = RequestNote.create(request=rows[0], **told)
        Unread.create(request=rows[0])
    return int(entry.id)


def _picture() -> str:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(file, "PNG")
    name = store.keep(file.getvalue())
    store.settle(name)
    return name


def _changes(anna: User, me: Staff, colleague: Staff) -> list[str]:
    """Of numbers: one that a colleague asks for, one's own that is refused, so that each page is shown."""
    texts = {"reason": "Телефон утонул", "identified": "Паспорт в офисе", "seen": ""}
    until = now() + timedelta(days=1)
    with db.atomic():
        asked = PhoneChange.create(user=anna, phone=CALLER, asked_by=colleague.id, until=until, **texts)
        refused = {"outcome": "refused", "words": "Нет", "decided_by": colleague.id, "decided_at": now()}
        mine = PhoneChange.create(user=anna, phone=CALLER, asked_by=me.id, until=until, **texts, **refused)
    return [asked.id, mine.id]


def _data_requests(anna: User, me: Staff) -> list[str]:
    today = now().date()
    told = {"phone": PHONE, "words": "вх. № 17", "recorded_by": me.id, "way": "post", "user": anna}
    days = {"came_on": today, "until": today + timedelta(days=30)}
    with db.atomic():
        return [DataRequest.create(kind=kind, **told, **days).id for kind in ("withdraw", "tell")]


def _invitation(me: Staff) -> str:
    who = {"last_name": NAME, "first_name": "Вера", "phone": CALLER, "account": FREE}
    receipt = {"period": now().date().replace(day=1), "amount": 1, "until": now() + timedelta(days=3)}
    with db.atomic():
        return str(Invitation.create(**who, **receipt, asked_by=me.id, asked_under=me.stamp).id)


def main(email: str) -> Iterable[Any]:
    """Furnish, and say what the browser's walk needs."""
    from wsgi import app

    with app.app_context():
        db.connect(reuse_if_open=True)
        found = furnish(Staff.get(Staff.email == email))
    return found, addresses(app, {**found, "job_id": ["JOB"]}), list(WITHOUT_SIGN_IN)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1])))
