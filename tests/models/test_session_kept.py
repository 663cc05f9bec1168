"""Sessions that stay on a device, and tokens that are replaced."""

from peewee import Database

from cabinet.models import WebSession
from cabinet.models.database import db
from tests.models.clock import DAY, HOUR, after, moment
from tests.models.test_session import IP, alive, begin


def stay(key: str, user: str = "anna", **data: object) -> None:
    """A session that stays on its resident's own device for a day."""
    with after():
        stored = WebSession.store(key, data, user, IP, "browser", kept_until=moment(DAY))
    assert (stored.key, stored.kept_until, stored.expires_at) == (key, moment(DAY), moment(DAY))


def test_one_that_stays_lives_to_its_end_however_long_nobody_uses_it(database: Database) -> None:
    stay("kept")
    begin()
    assert alive(HOUR, "key", "kept") == ["kept"]
    with after(HOUR):
        assert [row.key for row in WebSession.live_of("anna")] == ["kept"]
    assert alive(DAY - 1, "kept") and not alive(DAY, "kept")


def test_signing_in_anew_ends_what_stayed_in_this_browser_and_no_more(database: Database) -> None:
    begin("new", browser="this")
    stay("own", browser="this")
    stay("old", browser="this")
    stay("elsewhere", browser="other")
    stay("theirs", user="boris", browser="this")
    with db.atomic():
        WebSession.end_kept("anna", "this", but="own")
    assert alive(1, "new", "own", "old", "elsewhere", "theirs") == ["new", "own", "elsewhere", "theirs"]


def test_of_several_that_replace_a_token_one_does(database: Database) -> None:
    begin()
    begin("other")
    with after(10):
        assert [WebSession.give_way(key) for key in ("key", "key", "ended")] == [True, False, False]
    assert alive(69, "key", "other") == ["key", "other"]
    assert alive(70, "key", "other") == ["other"]


def test_a_token_of_other_credentials_keeps_for_a_minute_what_is_given_and_no_resident(
    database: Database,
) -> None:
    begin(step="code")
    begin("other", step="code")
    with after(10):
        WebSession.strip("key", {"form": "open"})
    row, other = WebSession.get_by_id("key"), WebSession.get_by_id("other")
    assert (row.data, row.user_id, row.expires_at) == ({"form": "open"}, None, moment(70))
    assert (other.data, other.user_id, other.expires_at) == ({"step": "code"}, "anna", moment(12 * HOUR))


def test_a_replaced_token_lives_a_minute_and_no_longer_when_replaced_again(database: Database) -> None:
    begin()
    begin("other")
    with after(10):
        assert WebSession.retire("key") and not WebSession.retire("ended")
    with after(40):
        assert WebSession.retire("key"), "a second click"
    assert alive(69, "key", "other") == ["key", "other"]
    assert alive(70, "key", "other") == ["other"]
