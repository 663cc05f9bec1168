"""Requests to delete data, decided by staff: when the data go, who is told, what else stays as it is."""

from datetime import timedelta

from cabinet.models import (
    Audit,
    DataRequest,
    Message,
    Registration,
    Staff,
    User,
    data_request,
    withdrawal,
)
from cabinet.models.database import db
from cabinet.models.departure import request_deletion
from tests.cast import NEW_PHONE, OTHER_PHONE, PHONE, told
from tests.models.clock import DAY, HOUR, after, moment
from tests.models.test_request import IP
from tests.models.withdrawing import (
    CAME_ON,
    again,
    ask,
    audited,
    consent,
    decided,
    to_staff,
    withdrawn,
)


def test_a_cabinet_goes_when_the_residents_own_deletion_would(olga: Staff, anna: User) -> None:
    with after():
        request = ask(olga, PHONE)
    with after(HOUR):
        withdrawal.approve(request, olga, IP)
    at = data_request.end_of(CAME_ON + timedelta(days=30))
    at = min(at, moment(30 * DAY + HOUR))
    assert User.get().delete_at == at and decided(request) == ("approved", olga.id, moment(HOUR), at)
    assert withdrawn() == {"hers": moment(HOUR)} and told(PHONE) == ["deletion_requested"]
    assert audited() == [("staff-deletion-requested", olga.actor, anna.id, IP, {})]
    template, data = to_staff()
    assert (template, data["by"]) == ("deletion_requested", "staff")


def test_what_the_resident_asked_for_before_is_not_the_requests_to_cancel(olga: Staff, anna: User) -> None:
    with after():
        request_deletion(anna, IP)
        request = ask(olga, PHONE)
    with after(DAY):
        withdrawal.approve(request, olga, IP)
        assert User.get().delete_at == moment(30 * DAY) and again(request).erase_at is None
        assert not withdrawal.keep(again(request), olga, IP)
    assert User.get().delete_at == moment(30 * DAY) and again(request).outcome == "approved"


def test_second_thoughts_keep_a_cabinet_until_the_moment_has_come(olga: Staff, anna: User) -> None:
    with after():
        request = ask(olga, PHONE)
        withdrawal.approve(request, olga, IP)
    erase_at = again(request).erase_at
    with after((erase_at - moment(0)).total_seconds()):
        assert not withdrawal.keep(again(request), olga, IP)
    with after(DAY):
        assert withdrawal.keep(again(request), olga, IP)
        assert again(request).outcome == "kept" and again(request).erase_at is None
        assert User.get().delete_at is None and withdrawn() == {"hers": None}
        assert not withdrawal.keep(again(request), olga, IP), "once"
    assert [row[0] for row in audited()] == ["staff-deletion-requested", "staff-deletion-cancelled"]


def test_what_is_kept_of_somebody_without_a_cabinet_is_withdrawn(olga: Staff, strangers: DataRequest) -> None:
    with db.atomic():
        Registration.create(phone=NEW_PHONE, completed_at=moment(0))
    with after(HOUR):
        withdrawal.approve(strangers, olga, IP)
    day = moment(30 * DAY + HOUR)
    assert decided(strangers) == ("approved", olga.id, moment(HOUR), day)
    assert withdrawn() == {
        f"of {NEW_PHONE}": moment(HOUR),
        f"of {OTHER_PHONE}": None,
        "before": moment(-5),
        "a resident's": None,
    }
    drafts = {(row.phone, row.completed_at) for row in Registration.select()}
    assert drafts == {(OTHER_PHONE, None), (NEW_PHONE, moment(0))}
    sms = Message.get(Message.to == NEW_PHONE)
    assert (sms.channel, sms.template, sms.data) == (
        *("sms", "deletion_requested"),
        {"date": day.date().isoformat(), "nobody": True},
    )
    person = {"user": "", "phone": NEW_PHONE, "name": "", "email": "", "at": moment(HOUR).isoformat()}
    told_staff = {**person, "date": day.date().isoformat(), "by": "staff"}
    assert to_staff() == ("deletion_requested", told_staff)
    assert audited() == [("staff-person-deletion-requested", olga.actor, strangers.id, IP, {})]


def test_second_thoughts_give_back_only_the_consents_that_it_withdrew(
    olga: Staff, strangers: DataRequest
) -> None:
    with after(HOUR):
        withdrawal.approve(strangers, olga, IP)
    consent(NEW_PHONE, "anew", withdrawn_at=moment(HOUR + 1))
    consent(OTHER_PHONE, "another's", withdrawn_at=moment(HOUR))
    consent(NEW_PHONE, "in a cabinet", "somebody", withdrawn_at=moment(HOUR))
    with db.atomic():
        Message.delete().execute()
        Audit.delete().execute()
    with after(DAY):
        assert withdrawal.keep(again(strangers), olga, IP)
    assert withdrawn() == {
        f"of {NEW_PHONE}": None,
        f"of {OTHER_PHONE}": None,
        "before": moment(-5),
        "a resident's": None,
        "anew": moment(HOUR + 1),
        "another's": moment(HOUR),
        "in a cabinet": moment(HOUR),
    }
    person = {"user": "", "phone": NEW_PHONE, "name": "", "email": "", "at": moment(DAY).isoformat()}
    assert to_staff() == ("deletion_cancelled", {**person, "by": "staff"}) and told(NEW_PHONE) == []
    assert audited() == [("staff-person-deletion-cancelled", olga.actor, strangers.id, IP, {})]
