"""What staff decide on a request to delete data: by when, once, and again where somebody came back."""

from datetime import timedelta

import pytest

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
from cabinet.models.erasure import traces_of
from cabinet.models.phone_change import OverError
from cabinet.models.staff_admin import RightsLostError
from cabinet.models.user import CredentialsChangedError
from tests.cast import NEW_PHONE, OTHER_PHONE, PHONE, resident
from tests.models.clock import DAY, HOUR, after, moment
from tests.models.test_request import IP, submit
from tests.models.withdrawing import CAME_ON, again, ask, audited, consent, decided


@pytest.mark.parametrize(
    ("came_days_before", "days"),
    [(0, 30), (1, 30), (2, 29), (20, 11), (30, 1), (31, 1), (90, 1)],
)
def test_the_laws_last_day_comes_first_but_a_day_is_left(
    olga: Staff, came_days_before: int, days: int
) -> None:
    with after():
        request = ask(olga, came_on=CAME_ON - timedelta(days=came_days_before))
        day = withdrawal.day_of_deletion(request)
    last = data_request.end_of(request.until)
    assert day.date() in {moment(days * DAY).date(), moment(days * DAY - DAY).date()}
    assert day == (moment(30 * DAY) if came_days_before == 0 else max(last, moment(DAY)))


def test_each_is_decided_once(olga: Staff, strangers: DataRequest) -> None:
    other = ask(olga, OTHER_PHONE)
    with after(HOUR):
        withdrawal.close(strangers, olga, "Это не ваши данные", IP)
    assert decided(strangers) == ("closed", olga.id, moment(HOUR), None)
    assert again(strangers).answer == "Это не ваши данные" and again(other).outcome == ""
    details = {"request": strangers.id}
    assert audited() == [("staff-data-request-closed", olga.actor, strangers.id, IP, details)]
    with pytest.raises(OverError):
        withdrawal.close(again(strangers), olga, "Ещё раз", IP)
    with pytest.raises(OverError):
        withdrawal.approve(again(strangers), olga, IP)
    assert not withdrawal.keep(again(strangers), olga, IP), "nothing was to be deleted"
    assert again(strangers).answer == "Это не ваши данные" and len(audited()) == 1


def test_who_lost_their_rights_decides_nothing(olga: Staff, strangers: DataRequest) -> None:
    Staff.get_by_id(olga.id).block(True)
    for act in (
        lambda: withdrawal.approve(strangers, olga, IP),
        lambda: withdrawal.keep(strangers, olga, IP),
        lambda: withdrawal.close(strangers, olga, "", IP),
    ):
        with pytest.raises(RightsLostError):
            act()
    assert again(strangers).outcome == ""


def test_a_cabinet_made_since_is_not_deleted(olga: Staff, strangers: DataRequest) -> None:
    since = resident(NEW_PHONE)
    assert withdrawal.cabinet_since(strangers) == since
    with pytest.raises(withdrawal.CabinetSinceError):
        withdrawal.approve(strangers, olga, IP)
    assert again(strangers).outcome == "" and Registration.select().count() == 2, "nothing is done"


def test_a_resident_who_is_gone_cannot_be_decided_on(olga: Staff, anna: User) -> None:
    request = ask(olga, PHONE)
    assert withdrawal.cabinet_since(request) is None, "it is no other's"
    with db.atomic():
        User.delete().execute()
    for act in (withdrawal.approve, withdrawal.keep):
        with pytest.raises(CredentialsChangedError):
            act(request, olga, IP)


@pytest.mark.parametrize("how", ["cabinet", "proof", "request"])
def test_who_came_back_after_it_was_decided_is_decided_on_again(
    olga: Staff, strangers: DataRequest, how: str
) -> None:
    other = ask(olga, OTHER_PHONE)
    with after(HOUR):
        for request in (strangers, other):
            withdrawal.approve(request, olga, IP)
        submit(NEW_PHONE, key="at that moment", ip=IP)
        with db.atomic():
            Registration.create(phone=NEW_PHONE, phone_verified_at=moment(HOUR))
            Registration.create(phone=NEW_PHONE)
        consent(NEW_PHONE, "unproved")
    with after(HOUR + 1), db.atomic():
        Registration.create(phone=PHONE, phone_verified_at=moment(HOUR + 1))
        submit(PHONE, key="another's", ip=IP)
    waiting = again(strangers)
    assert not withdrawal.came_back(waiting), "a proof after the decision counts"
    with after(HOUR + 1), db.atomic():
        Audit.delete().execute()
        if how == "cabinet":
            resident(NEW_PHONE)
        elif how == "proof":
            Registration.create(phone=NEW_PHONE, phone_verified_at=moment(HOUR + 1))
        else:
            submit(NEW_PHONE, key="later", ip=IP)
            Audit.delete().execute()
    with after(2 * HOUR):
        assert withdrawal.came_back(waiting)
    assert decided(strangers) == ("", None, None, None) and again(other).outcome == "approved"
    assert audited() == [("deletion-held", "system", strangers.id, "", {})]


def test_what_would_be_deleted_is_counted(olga: Staff, strangers: DataRequest, anna: User) -> None:
    consent(PHONE, "before")
    with db.atomic():
        Registration.create(phone=PHONE, completed_at=moment(0))
        Message.enqueue("sms", "code", to=PHONE)
    hers = ask(olga, PHONE)
    assert ask(olga, PHONE) == hers and ask(olga, NEW_PHONE) == strangers, "it waits already"
    with db.atomic():
        Message.enqueue("sms", "code", to=PHONE)
        Message.enqueue("sms", "code", to=NEW_PHONE)
        Message.enqueue("sms", "code", to=NEW_PHONE)
    names = ("accounts", "requests", "drafts", "messages", "consents")
    assert withdrawal.what_is_kept(hers) == dict(zip(names, (1, 0, 0, 1, 2), strict=True))
    assert withdrawal.what_is_kept(strangers) == dict(zip(names, (0, 1, 1, 2, 2), strict=True))


def test_with_somebody_the_requests_go_that_they_had_made_until_then(
    olga: Staff, strangers: DataRequest
) -> None:
    anna = resident(PHONE)
    with db.atomic():
        made = {"kind": "delete", "way": "post", "words": "1", "recorded_by": "s", "came_on": CAME_ON}
        for phone, user, seconds in (
            *((NEW_PHONE, None, HOUR), (NEW_PHONE, None, HOUR + 1)),
            *((NEW_PHONE, anna.id, 0), (OTHER_PHONE, None, 0)),
        ):
            DataRequest.create(phone=phone, user=user, at=moment(seconds), until=CAME_ON, **made)
    with after(HOUR), db.atomic():
        withdrawal.erase_person(strangers, traces_of(withdrawal.nobody(NEW_PHONE)))
    left = {(one.phone, one.user_id, one.at) for one in DataRequest.select()}
    assert left == {
        (NEW_PHONE, None, moment(HOUR + 1)),
        *((NEW_PHONE, anna.id, moment(0)), (OTHER_PHONE, None, moment(0))),
    }
