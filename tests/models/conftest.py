"""What tests of models share."""

import pytest
from peewee import Database

from tests.cast import LESNAYA, SADOVAYA, bill


@pytest.fixture
def billed(database: Database) -> None:
    """Billing knows two accounts."""
    bill(LESNAYA, SADOVAYA)
