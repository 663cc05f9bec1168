"""Sessions: how long they live, how a tab hands one over, what ends with them."""

from datetime import datetime

import pytest
from peewee import Database

from cabinet.models import Registration, WebSession
from cabinet.models.database import db
from cabinet.models.visit import visit_of
from tests.cast import PHONE, resident
from tests.models.clock import HOUR, after, moment

IP, OTHER_IP = "192.0.2.1", "192.0.2.2"


def begin(key: str = "key", user: str | None = "anna", seconds: float = 0, **data: object) -> WebSession:
    """A session that began so long after the start."""
    with after(seconds):
        WebSession.store(key, data, user, IP, "browser")
    return WebSession.get_by_id(key)


def test_a_visit_is_of_a_session_and_what_that_names(database: Database) -> None:
    anna = resident(PHONE)
    with db.atomic():
        draft = Registration.create(phone=PHONE)
    begin("guest", None)
    begin("hers", anna.id, registration=draft.id, code="gone")
    guest, hers = (visit_of(key, "registration", "code") for key in ("guest", "hers"))
    assert guest and (guest.session.key, guest.user, guest.registration, guest.code) == (
        "guest",
        None,
        None,
        None,
    )
    assert hers and (hers.session.key, hers.user, hers.registration, hers.code) == ("hers", anna, draft, None)
    assert visit_of("another", "registration", "code") is None


def alive(seconds: float, *keys: str) -> list[str]:
    """Which of the sessions live at that time."""
    with after(seconds):
        return [key for key in keys if WebSession.find(key)]


def test_what_is_stored_is_found_under_its_key_alone(database: Database) -> None:
    with after():
        stored = WebSession.store("key", {"step": "code"}, "anna", IP, "b" * 301)
        row = WebSession.find("key")
        assert row and WebSession.find("other") is None
    for one in (stored, row):
        assert (one.data, one.user_id, one.ip, one.kept_until) == ({"step": "code"}, "anna", IP, None)
        assert (one.seen_at, one.expires_at) == (moment(0), moment(12 * HOUR))
    assert (row.user_agent, row.created_at) == ("b" * 300, moment(0))


def test_it_ends_after_half_an_hour_without_a_request(database: Database) -> None:
    begin()
    assert alive(1799, "key") and not alive(1800, "key")


def test_it_ends_after_twelve_hours_in_any_case(database: Database) -> None:
    begin()
    for seconds in range(1200, 12 * HOUR, 1200):
        with after(seconds):
            WebSession.change("key", {}, "anna", IP)
    assert alive(12 * HOUR - 1, "key") and not alive(12 * HOUR, "key")


def test_stored_again_it_has_the_new_data_and_the_old_end(database: Database) -> None:
    begin(user=None)
    with after(100):
        WebSession.store("key", {"a": 1}, "anna", OTHER_IP, "other browser")
    row = WebSession.get()
    assert (row.data, row.user_id, row.ip, row.user_agent) == ({"a": 1}, "anna", OTHER_IP, "other browser")
    assert (row.seen_at, row.expires_at) == (moment(100), moment(12 * HOUR))


def test_a_change_is_of_one_session_and_wakes_none_that_ended(database: Database) -> None:
    begin(user=None)
    begin("other")
    with after(100):
        WebSession.change("key", {"a": 1}, "anna", OTHER_IP)
        WebSession.change("ended", {"a": 1}, "anna", OTHER_IP)
    row, other = WebSession.get_by_id("key"), WebSession.get_by_id("other")
    assert (row.data, row.user_id, row.ip, row.seen_at) == ({"a": 1}, "anna", OTHER_IP, moment(100))
    assert (other.data, other.ip, other.seen_at) == ({}, IP, moment(0))
    assert WebSession.select().count() == 2


@pytest.mark.parametrize(
    ("seconds", "ip", "seen"),
    [(60, IP, moment(0)), (61, IP, moment(61)), (1, OTHER_IP, moment(1))],
    ids=["within a minute", "later", "another place"],
)
def test_the_use_is_noted_once_a_minute_from_a_place(
    database: Database, seconds: int, ip: str, seen: datetime
) -> None:
    begin("other")
    row = begin()
    with after(seconds):
        row.touch(ip)
    row = WebSession.get_by_id("key")
    assert (row.seen_at, row.ip) == (seen, ip)
    assert WebSession.get_by_id("other").seen_at == moment(0)


@pytest.mark.settings(secret_key_fallbacks=("the key of before",))
def test_another_tab_takes_a_session_over_once(database: Database) -> None:
    begin(step="code")
    begin("other")
    with after():
        code = WebSession.hand_over("key")
        assert WebSession.take_over(code) == {"step": "code"}
        assert WebSession.take_over(code) is None
        assert WebSession.find("key") is None and WebSession.find("other")


def test_a_code_works_for_a_minute(database: Database) -> None:
    begin(step="code")
    with after():
        code = WebSession.hand_over("key")
    with after(61):
        assert WebSession.take_over(code) is None
    with after(60):
        assert WebSession.take_over(code) == {"step": "code"}


@pytest.mark.parametrize(
    "seconds", ["", "x", "1" * 12, "9" * 11, "٣"], ids=["no", "bad", "long", "late", "arabic"]
)
def test_a_made_up_code_opens_nothing(database: Database, seconds: str) -> None:
    begin()
    with after():
        signature = WebSession.hand_over("key").rpartition(".")[2]
        for code in (f"key.{seconds}.{signature}", f"key.{seconds}", "key", "", f"клю.{seconds}.ч"):
            assert WebSession.take_over(code) is None
        assert WebSession.find("key")


def test_a_code_is_of_one_session(database: Database) -> None:
    begin()
    begin("other")
    with after():
        code = WebSession.hand_over("key")
        assert WebSession.take_over(code.replace("key", "other")) is None
        assert WebSession.find("other")


def test_an_ended_or_replaced_session_cannot_be_taken_over(database: Database) -> None:
    begin("ended")
    begin("replaced")
    with after():
        codes = [WebSession.hand_over(key) for key in ("ended", "replaced")]
        WebSession.end("ended")
        WebSession.retire("replaced")
        assert [WebSession.take_over(code) for code in codes] == [None, None]
        assert WebSession.find("replaced"), "it keeps what it had"


def test_the_page_of_devices_shows_live_sessions_latest_first(database: Database) -> None:
    begin("first", seconds=0)
    begin("second", seconds=1000)
    begin("third", seconds=900)
    begin("replaced", seconds=1000)
    begin("theirs", user="boris", seconds=1000)
    with after(1000):
        WebSession.retire("replaced")
        assert [row.key for row in WebSession.live_of("anna")] == ["second", "third", "first"]
    with after(1799):
        assert [row.key for row in WebSession.live_of("anna")] == ["second", "third", "first"]
    with after(1800):
        assert [row.key for row in WebSession.live_of("anna")] == ["second", "third"]


def test_a_session_that_ends_in_a_minute_is_shown_no_more(database: Database) -> None:
    begin()
    with after(12 * HOUR - 100):
        WebSession.change("key", {}, "anna", IP)
    with after(12 * HOUR - 61):
        assert WebSession.live_of("anna")
    with after(12 * HOUR - 60):
        assert not WebSession.live_of("anna")


def test_a_handle_names_only_ones_own(database: Database) -> None:
    mine, theirs = begin("a" * 64), begin("b" * 64, user="boris")
    assert WebSession.of_user("anna", mine.handle) == mine and mine.handle == "a" * 24
    assert WebSession.of_user("anna", theirs.handle) is None
    assert WebSession.of_user("anna", mine.key) is None


def test_ending_one_ends_the_tokens_that_were_just_replaced(database: Database) -> None:
    others = [("adam's", "adam"), ("boris's", "boris")]  # one sorts before, one after
    for key, user in (*others, ("old", "anna"), ("key", "anna"), ("other", "anna")):
        begin(key, user)
    with after(0):
        for key in ("old", "adam's", "boris's"):
            WebSession.retire(key)
        WebSession.end("key")
        assert alive(1, "key", "old", "other", "adam's", "boris's") == ["other", "adam's", "boris's"]


def test_a_session_that_has_more_than_a_minute_left_was_not_replaced(database: Database) -> None:
    begin("old", seconds=61 - 12 * HOUR)
    begin()
    with after(0):
        WebSession.change("old", {}, "anna", IP)
        WebSession.end("key")
        assert alive(1, "key", "old") == ["old"]


def test_ending_one_of_nobody_ends_no_more(database: Database) -> None:
    for key in ("key", "other"):
        begin(key, None)
    with after():
        WebSession.retire("other")
        WebSession.end("key")
        WebSession.end("unknown")
    assert alive(1, "key", "other") == ["other"]


def test_all_can_be_ended_but_one(database: Database) -> None:
    for key, user in (("key", "anna"), ("second", "anna"), ("third", "anna"), ("theirs", "boris")):
        begin(key, user)
    assert WebSession.end_all("anna", but="key") == 2
    assert alive(1, "key", "second", "third", "theirs") == ["key", "theirs"]
    assert WebSession.end_all("anna") == 1 and alive(1, "key", "theirs") == ["theirs"]
