"""Of one browser's clicks at the same moment the second waits, and finds what the first one began."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from cabinet.models import WebSession
from cabinet.models.locks import row_of
from tests.cast import PHONE, resident
from tests.databases import DATABASES
from tests.journeys import to_code, to_login_password
from tests.models.locked import another_process
from tests.visitor import Visitor
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.parametrize("database_url", DATABASES[1:], indirect=True)


def at_password(visitor: Visitor) -> Callable[[], object]:
    """A resident who is about to press «Я забыл пароль»."""
    resident()
    to_login_password(visitor)
    return lambda: visitor.fill_and_submit("form[action='/login/forgot']")


def at_phone(visitor: Visitor) -> Callable[[], object]:
    """Somebody who typed a phone and is back at the first page."""
    to_code(visitor, PHONE)
    visitor.get("/")
    return lambda: visitor.fill_and_submit(phone=PHONE, consent="y")


@pytest.mark.parametrize("place", [at_password, at_phone])
def test_a_click_waits_for_the_one_before(
    guest: Visitor, database_url: str, place: Callable[[Visitor], Callable[[], object]]
) -> None:
    press = place(guest)
    names = [f"session:{one.key}" for one in WebSession.select(WebSession.key)]
    with another_process(database_url) as another, ThreadPoolExecutor() as threads:
        with another.holding(*map(row_of, names)):
            pressed = threads.submit(press)
            until(lambda: another.waiting() or pressed.done())
            assert not pressed.done(), "nobody held it up"
        pressed.result(PATIENCE)
    assert guest.path == "/code"
