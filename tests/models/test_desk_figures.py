"""What the page of the day counts: open requests that should have been answered by now."""

import pytest
from peewee import Database

from cabinet.models import Attempt, ConnectionRequest, Message, Registration, desk_figures
from cabinet.models.database import db
from tests.cast import OTHER_PHONE, PHONE
from tests.models.clock import DAY, HOUR, after, moment
from tests.models.test_request import submit


@pytest.mark.settings(request_answer_days=0)
def test_where_no_answer_is_promised_nothing_is_overdue(database: Database) -> None:
    with after():
        submit()
    with after(300 * DAY):
        assert desk_figures.count_overdue(10) == 0 and desk_figures.overdue(10) == []


@pytest.mark.settings(request_answer_days=1)
def test_open_requests_are_overdue_longest_waiting_first_as_far_as_is_asked(database: Database) -> None:
    for day in range(3):
        with after(-day * DAY):
            submit(f"+7916000000{day}", key=f"{day}")
    with after(-5 * DAY):
        done = submit(OTHER_PHONE, key="done")
    with db.atomic():
        ConnectionRequest.update(state="done").where(ConnectionRequest.id == done.id).execute()
        taken = ConnectionRequest.update(state="in_work", assignee="olga")
        taken.where(ConnectionRequest.phone == "+79160000001").execute()
    with after(30 * DAY):
        assert [one.phone[-1] for one in desk_figures.overdue(10)] == ["2", "1", "0"]
        assert [one.phone[-1] for one in desk_figures.overdue(2)] == ["2", "1"]
        assert [one.phone[-1] for one in desk_figures.overdue(10, "olga")] == ["1"]
        assert (desk_figures.count_overdue(10), desk_figures.count_overdue(2)) == (3, 2)
    with after():
        assert desk_figures.count_overdue(10) < 3


@pytest.mark.settings(request_answer_days=1)
def test_a_request_is_late_when_the_promised_time_is_over_and_no_moment_before(database: Database) -> None:
    with after():
        submit()
    for seconds, late in ((DAY, 0), (DAY + 1, 1)):
        with after(seconds):
            assert desk_figures.count_overdue(10) == len(desk_figures.overdue(10)) == late


def test_the_usual_time_is_the_middle_one_of_those_closed_last(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_figures, "RECENTLY_CLOSED", 2)
    assert desk_figures.usual_time() is None
    for day, hours, state in (
        (0, 99, "done"),
        (1, 1, "done"),
        (2, 3, "done"),
        (1, 8, "refused"),
        (3, 8, "new"),
    ):
        with after(day * DAY):
            sent = submit(key=f"{day} {state}")
        with db.atomic():
            closed_at = None if state == "new" else moment(day * DAY + hours * HOUR)
            changes = ConnectionRequest.update(state=state, closed_at=closed_at)
            changes.where(ConnectionRequest.id == sent.id).execute()
    assert desk_figures.usual_time() == moment(3 * HOUR) - moment(0)


@pytest.mark.settings(registration_lifetime=HOUR)
def test_registrations_of_the_week_are_counted_from_the_end_of_their_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with db.atomic():
        for at in (-1, 0, 7 * DAY - HOUR, 7 * DAY - HOUR + 1):
            Registration.create(phone=PHONE, created_at=moment(at), completed_at=None if at else moment(0))
    with after(7 * DAY):
        found = desk_figures.stops()
        assert (found.began, found.done, found.at, found.whole) == (2, 1, {"code": 1}, True)
        for most, whole in ((2, False), (3, True)):
            monkeypatch.setattr(desk_figures, "MOST", most)
            assert desk_figures.stops().whole is whole
        monkeypatch.setattr(desk_figures, "MOST", 1)
        assert desk_figures.stops().at == {"code": 1}, "the newest are looked at"


def test_what_went_wrong_is_counted_for_a_day(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def missed() -> tuple[int, ...]:
        with after(DAY):
            return tuple(desk_figures.stops().missed[kind] for kind in ("code", "account", "sms"))

    assert missed() == (0, 0, 0)
    with db.atomic():
        for at in (-1, 0, 1):
            for channel in ("sms", "mail"):
                dead = Message.enqueue(channel, "code", PHONE, {})
                Message.update(dead_at=moment(at)).where(Message.id == dead.id).execute()
            Attempt.create(kind="wrong-code", subject=PHONE, at=moment(at))
        Attempt.create(kind="lookup-phone", subject=PHONE, at=moment(0))
        Attempt.create(kind="login", subject=PHONE, at=moment(2))
    assert missed() == (2, 1, 2)
    monkeypatch.setattr(desk_figures, "MOST_ATTEMPTS", 2)
    assert missed() == (1, 0, 2), "of many the newest are counted"
