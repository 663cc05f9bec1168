"""The server, and residents who linked its bot."""

import pytest
from pytest_httpserver import HTTPServer

from tests.max.server import Max
from tests.servers import rude, silence  # noqa: F401


@pytest.fixture
def maxserver(httpserver: HTTPServer) -> Max:
    """MAX, which takes everything unless told otherwise."""
    return Max(httpserver)
