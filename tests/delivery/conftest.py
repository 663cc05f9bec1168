"""Those to whom messages are delivered."""

import pytest
from peewee import Database
from pytest_httpserver import HTTPServer

from cabinet.models import Message, OneTimeCode
from config import Settings
from tests.cast import PHONE
from tests.delivery.others import Others, by
from tests.servers import by_smtp, mailbox, rude, silence  # noqa: F401


@pytest.fixture
def others(httpserver: HTTPServer) -> Others:
    """SMS Aero, SMSC and Twilio."""
    return Others(httpserver)


@pytest.fixture
def two(settings: Settings, httpserver: HTTPServer) -> Settings:
    """SMS Aero first, then Twilio."""
    return by(settings, httpserver, "smsaero", "twilio")


@pytest.fixture
def sms(database: Database) -> Message:
    """The SMS of a code."""
    code = OneTimeCode.send("registration", PHONE, "192.0.2.1", "ru")
    return Message.get_by_id(code.message)
