"""A server goes on with its own pages while an upgrade replaces the files."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from cabinet import create_app
from cabinet.delivery.templates import environment
from cabinet.wording import kept_templates
from config import Settings

FOLDER = kept_templates.FOLDER


@pytest.fixture
def replaced(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    """A server whose templates are gone since it began."""
    before = tmp_path / "templates"
    shutil.copytree(FOLDER, before)
    monkeypatch.setattr(kept_templates, "FOLDER", before)
    kept_templates.kept_templates.cache_clear()
    environment.cache_clear()
    app = create_app(settings)
    shutil.rmtree(before)
    yield app.test_client()
    kept_templates.kept_templates.cache_clear()
    environment.cache_clear()


@pytest.mark.usefixtures("database")
def test_pages_that_nobody_had_asked_for_come(replaced: FlaskClient) -> None:
    for address in ("/", "/staff/sign-in", "/documents/consent", "/nowhere"):
        answer = replaced.get(address)
        assert answer.status_code in (200, 404), (address, answer.status_code)
        assert "<h1" in answer.text


@pytest.mark.usefixtures("replaced")
def test_letters_come_too() -> None:
    assert environment("ru", html=False).get_template("letters/password_changed.txt")
