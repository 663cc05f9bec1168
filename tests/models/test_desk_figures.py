"""What the page of the day counts: open requests that should have been answered by now."""

import pytest
from peewee import Database

from cabinet.models import ConnectionRequest, desk_figures
from cabinet.models.database import db
from tests.cast import OTHER_PHONE
from tests.models.clock import DAY, after
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
