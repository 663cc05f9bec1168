"""Who lives in the cabinet."""

import pytest

from cabinet.models import User
from tests.cast import LESNAYA, bill, resident


@pytest.fixture
def anna(database: object) -> User:
    """A resident with one address."""
    bill(LESNAYA)
    return resident(accounts=[LESNAYA])
