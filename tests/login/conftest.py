"""A visitor for what has nothing to do with how the page comes."""

import pytest
from flask import Flask

from cabinet.models.database import is_sqlite
from tests.visitor import Visitor


@pytest.fixture
def guest(app: Flask) -> Visitor:
    """By htmx on SQLite, without JavaScript on PostgreSQL; `visitor` comes in all four ways."""
    return Visitor(app, htmx=is_sqlite())
