"""Who lives in the cabinet."""

import pytest

from cabinet.models import User
from tests.cast import LESNAYA, NEW_PHONE, PASSWORD, PHONE, SADOVAYA, bill, resident
from tests.home.two_cabinets import OLD_PASSWORD


@pytest.fixture
def anna(database: object) -> User:
    """A resident with one address."""
    bill(LESNAYA)
    return resident(accounts=[LESNAYA])


@pytest.fixture
def before(database: object) -> User:
    """The cabinet by the number of before, its password another one."""
    bill()
    return resident(PHONE, OLD_PASSWORD, [LESNAYA], first_name="Прежняя", email="old@example.org")


@pytest.fixture
def anew(before: User) -> User:
    """The same person's cabinet by the new number."""
    return resident(NEW_PHONE, PASSWORD, [SADOVAYA], email="", email_confirmed_at=None)
