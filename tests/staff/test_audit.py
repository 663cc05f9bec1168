"""Nobody of the staff sees a person's data without a row of the audit that says so."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from cabinet.billing import uploads
from cabinet.models import (
    Audit,
    ConnectionRequest,
    DataRequest,
    ImportJob,
    Invitation,
    Message,
    PhoneChange,
    Registration,
    RequestNote,
    Staff,
    User,
)
from cabinet.models.audit import Audit as Row
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.receipts import store
from tests.cast import LESNAYA, PHONE, bill, resident
from tests.staff.test_requests import asked as again
from tests.visitor import Visitor

EMAIL = "anna@example.org"
PUBLIC = {
    "staff.sign_in",
    "staff.start",
    "staff.confirmation",
    "staff.embedding",
    "staff.templates",
    "staff.template",
    "staff.me",
    "staff.passkeys",
    "staff.passkey_options",
    "staff.passkey_question",
    "staff.join",
    "staff.guide",
    "staff.invite",
}  # of nobody in particular
SEEN = {
    "staff.account_of_resident": "resident-seen",
    "staff.accounts_for_resident": "accounts-searched",
    "staff.audit": "audit-seen",
    "staff.contact_requests": "data-request-seen",
    "staff.data_requests": "data-requests-listed",
    "staff.data_to_hand_out": "data-handed-out",
    "staff.data_request_card": "data-request-seen",
    "staff.day": "day-seen",
    "staff.export": "export-",
    "staff.export_audit": "export-journal",
    "staff.find": "searched",
    "staff.export_spending": "export-spending",
    "staff.import_card": "import-seen",
    "staff.import_rejects": "import-rejects-downloaded",
    "staff.imports": "imports-listed",
    "staff.accounts_for_request": "request-accounts-searched",
    "staff.account_for_request": "request-seen",
    "staff.invitation_accounts": "invitation-accounts-searched",
    "staff.invitation_card": "invitation-seen",
    "staff.invitations": "invitations-listed",
    "staff.invite_to": "invitation-account-seen",
    "staff.merge_question": "request-seen",
    "staff.message": "message-seen",
    "staff.messages": "messages-listed",
    "staff.people": "people-listed",
    "staff.person": "person-seen",
    "staff.phone_change_card": "resident-seen",
    "staff.registrations": "registrations-listed",
    "staff.request_card": "request-seen",
    "staff.request_file": "request-file-downloaded",
    "staff.request_file_picture": "request-file-seen",
    "staff.request_receipt": "receipt-downloaded",
    "staff.request_receipt_picture": "receipt-seen",
    "staff.requests": "requests-listed",
    "staff.resident": "resident-seen",
    "staff.resident_block": "resident-seen",
    "staff.resident_cabinet": "cabinet-seen",
    "staff.request_of_cabinet": "cabinet-seen",
    "staff.resident_data_request": "resident-seen",
    "staff.resident_name": "resident-seen",
    "staff.resident_phone": "resident-seen",
    "staff.residents": "residents-listed",
    "staff.sms": "sms-asked",
    "staff.sms_figures": "sms-figures",
}
REJECTS = {"accepted": 0, "rejected": 1, "repeated": 0, "periods": [], "rejects": [[2, "1", "address"]]}
OF_NOBODY = {"staff.day", "staff.sms_figures"}  # no single person is seen there


FIXED = {
    "staff.requests": ["new", "all"],
    "staff.residents": ["all"],
    "staff.messages": ["dead", "waiting", "sent"],
    "name": ["requests.csv", "requests.xlsx", "residents.csv", "residents.xlsx"],
    "span": ["hour", "day"],
    "kind": ["csv", "xlsx"],
}


def waiting_change(user: User) -> PhoneChange:
    """Another number that somebody asked for."""
    texts = {"phone": PHONE, "reason": "r", "identified": "i", "asked_by": "s", "seen": ""}
    made: PhoneChange = PhoneChange.create(user=user, until=now(), **texts)
    return made


def about_data(user: User, kind: str = "tell") -> DataRequest:
    """What somebody asked about their data."""
    days = {"came_on": now().date(), "until": now().date()}
    texts = {"kind": kind, "way": "post", "words": "1", "recorded_by": "s"}
    with db.atomic():
        made: DataRequest = DataRequest.create(user=user, phone=user.phone, **texts, **days)
    return made


def an_invitation() -> Invitation:
    """By telephone."""
    who = {"last_name": "Ёжикова", "first_name": "Анна", "asked_by": "x", "asked_under": "x"}
    receipt = {"account": LESNAYA, "period": now().date(), "amount": 1}
    with db.atomic():
        made: Invitation = Invitation.create(phone=PHONE, until=now(), **who, **receipt)
    return made


def a_request(user: User, file: str) -> ConnectionRequest:
    """With a receipt."""
    asked: ConnectionRequest = ConnectionRequest.create(
        phone=PHONE,
        last_name="Ёжикова",
        first_name="Анна",
        email=EMAIL,
        city="Клин",
        street="Дачная",
        house="3",
        idempotency_key="1",
        receipt=file,
        receipt_type="image/jpeg",
        user=user,
    )
    return asked


@pytest.fixture
def values(app: Flask) -> dict[str, list[str]]:
    """What stands for each part of the staff's addresses, with rows behind it."""
    bill()
    again("33333333", phone=PHONE, proved_by="max")
    anna: User = resident(PHONE, accounts=[LESNAYA], last_name="Ёжикова", first_name="Анна", email=EMAIL)
    file = store.keep(b"%PDF-1.4")
    store.settle(file)
    with db.atomic():
        asked = a_request(anna, file)
        note = RequestNote.create(request=asked, kind="answer", file=file, file_type="image/jpeg")
        told = Message.enqueue("mail", "password_changed", to=EMAIL, data={"name": "Анна"})
        Registration.create(phone=PHONE, last_name="Ёжикова", first_name="Анна", phone_verified_at=now())
        job = ImportJob.create(staff="x", name="b.csv", state="checked", report=REJECTS)
        change = waiting_change(anna)
    uploads.rejects_of(job).write_text("2,1,address\n")
    return {
        **FIXED,
        "user_id": [anna.id],
        "number": [asked.number],
        "other": [again("22222222", phone=PHONE).number],
        "account": [LESNAYA],
        "message_id": [told.id],
        "job_id": [job.id],
        "staff_id": [Staff.add("of-pages@example.org", "clerk", "x").id],
        "secret": ["x"],
        "entry": [str(note.id)],
        "key": ["new"],
        "change": [change.id],
        "request_id": [about_data(anna).id],
        "staff.contact_requests": [about_data(anna, "delete").id],
        "invitation_id": [an_invitation().id],
    }


def _most(names: list[str], values: dict[str, list[str]]) -> int:
    return min((len(values[name]) for name in names), default=1)


def addresses(app: Flask, values: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Every address under /staff that can be opened, with its endpoint; an unknown part is an error."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("staff.") or "GET" not in (rule.methods or ()):
            continue
        own = values.get(rule.endpoint, [])
        names = [] if own else list(rule.arguments)
        chosen = [{name: values[name][at] for name in names} for at in range(_most(names, values))]
        for name in rule.arguments if own else ():
            chosen = [{name: value} for value in own]
        for arguments in chosen:
            yield rule.endpoint, adapter.build(rule.endpoint, arguments)


def rows(staff: Staff) -> "list[Row]":
    """What this person did so far."""
    return list(Audit.select().where(Audit.actor == staff.actor).order_by(Audit.id))


def test_every_page_leaves_a_row(
    app: Flask, admin_desk: Visitor, admin: Staff, values: dict[str, list[str]]
) -> None:
    walked = set()
    for endpoint, address in addresses(app, values):
        before = len(rows(admin))
        answer = admin_desk.client.get(address)
        walked.add(endpoint)
        if endpoint in PUBLIC:
            continue
        assert answer.status_code == 200, address
        assert answer.get_data(), address
        (row,) = rows(admin)[before:]
        assert row.action.startswith(f"staff-{SEEN[endpoint]}"), address
        assert row.ip
        if endpoint not in OF_NOBODY:
            assert "shown" in row.detail or (row.subject and row.subject in address), "it tells who was seen"
    assert walked == PUBLIC | set(SEEN)


def test_a_refused_form_that_shows_the_person_leaves_a_row(
    desk: Visitor, clerk: Staff, values: dict[str, list[str]]
) -> None:
    (number,) = values["number"]
    desk.get(f"/staff/request/{number}")
    before = len(rows(clerk))
    desk.press(f"button[formaction$='/{number}/note']", text="")
    assert desk.status == (422 if desk.htmx else 200) and "Ёжикова" in desk.text
    (row,) = rows(clerk)[before:]
    assert (row.action, row.subject) == ("staff-request-seen", number)


def test_what_is_not_there_or_not_allowed_leaves_no_row(
    desk: Visitor, clerk: Staff, another: Callable[[], Visitor], values: dict[str, list[str]]
) -> None:
    before = len(rows(clerk))
    for address in ("/staff/request/1", "/staff/resident/x", "/staff/message/x", "/staff/import/x"):
        assert desk.client.get(address).status_code == 404
    assert desk.client.get("/staff/audit").status_code == 404, "a clerk sees no audit"
    (number,) = values["number"]
    answer = another().client.get(f"/staff/request/{number}")
    assert "Ёжикова" not in answer.get_data(as_text=True)
    assert len(rows(clerk)) == before
