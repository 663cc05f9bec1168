"""Requests about data, as staff put them on record and decide on them; and somebody without a cabinet."""

from cabinet.models import Consent, DataRequest, Message, Registration, User, audit_chain, base
from cabinet.models.database import db
from tests.cast import NEW_PHONE
from tests.models.everything import EMAIL, IP
from tests.models.test_request import submit
from tests.staff.conftest import PASSWORD
from tests.visitor import Visitor

RIGHT = {"kind": "withdraw", "way": "post", "words": "вх. № 17, паспорт показан"}
APPROVE, CLOSE, KEEP = "form[action$='/approve']", "form[action$='/close']", "form[action$='/keep']"


def stranger() -> None:
    """Somebody without a cabinet leaves something wherever one can."""
    typed = {"last_name": "Единственная", "email": EMAIL, "street": "Неповторимая", "comment": "Только моё"}
    submit(NEW_PHONE, key="1", ip=IP, **typed)
    with db.atomic():
        Consent.give("consent", "1", "text", NEW_PHONE, "r1", IP, "browser")
        Registration.create(phone=NEW_PHONE, last_name="Единственная", email=EMAIL)
        for data in ({"phone": NEW_PHONE}, {"nested": {"email": EMAIL}}):
            Message.enqueue("webhook", "over", to="https://example.org/", data=data)
        Message.enqueue("sms", "over", to=NEW_PHONE, data={"name": "Единственная"})
        Message.update(due_at=None, dead_at=base.now()).execute()
    audit_chain.seal()


def asked(desk: Visitor, user: User | None = None, **changes: str) -> DataRequest:
    """Put on record by the pages, from the card or by the phone."""
    if user:
        desk.get(f"/staff/resident/{user.id}")
        desk.follow("Записать запрос о данных")
        desk.fill_and_submit("form[action$='/data-request']", **{**RIGHT, **changes})
    else:
        desk.get("/staff/residents")
        desk.follow("Запросы о данных")
        desk.fill_and_submit("form[action$='/data-requests']", **{**RIGHT, "phone": NEW_PHONE, **changes})
    assert "Запрос записан" in desk.text, desk.text
    found: DataRequest = DataRequest.select().order_by(DataRequest.at.desc()).first()
    assert desk.path == f"/staff/data-request/{found.id}"
    return found


def approve(desk: Visitor, request: DataRequest, phone: str = NEW_PHONE) -> None:
    desk.get(f"/staff/data-request/{request.id}")
    proof = {"proof": PASSWORD} if desk.page.select("[name=proof]") else {}
    desk.fill_and_submit(APPROVE, last_four=phone[-4:], **proof)
