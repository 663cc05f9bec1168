"""Fixtures of tests that have one look: a phone's screen, and scripts that run."""

import pytest


@pytest.fixture
def width() -> int:
    """A phone's."""
    return 360


@pytest.fixture
def javascript() -> bool:
    """Scripts run unless a test says otherwise."""
    return True
