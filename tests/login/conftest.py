"""Who signs in."""

import pytest
from flask import Flask

from cabinet.models import User
from tests.authenticator import Authenticator
from tests.cast import LESNAYA, bill, resident
from tests.login.passkeys import registered
from tests.visitor import Visitor


@pytest.fixture
def anna(app: Flask) -> User:
    bill(LESNAYA)
    return resident(accounts=[LESNAYA])


@pytest.fixture
def key(app: Flask, anna: User) -> Authenticator:
    """Anna's passkey."""
    return registered(Visitor(app))
