"""Who registered before."""

import pytest

from cabinet.models import User
from tests.cast import LESNAYA, bill, resident


@pytest.fixture
def anna(database: object) -> User:
    """A resident with an account."""
    bill()
    return resident(accounts=[LESNAYA])
