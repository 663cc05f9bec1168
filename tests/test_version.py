"""One version, wherever it is shown."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from tools import sbom

ROOT = Path(__file__).resolve().parent.parent
RELEASE = re.compile(r"^## (\d+\.\d+\.\d+) — \d{4}-\d\d-\d\d$", re.MULTILINE)
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def newest() -> str:
    """The newest dated heading of the changelog."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert text.index("\n## Unreleased\n") < text.index(f"## {RELEASE.findall(text)[0]}")
    return str(RELEASE.findall(text)[0])


@SQLITE
def test_health_shows_the_version_after_its_word(app: Flask, newest: str) -> None:
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.text) == (200, f"ok {newest}\n")
    assert "Set-Cookie" not in answer.headers


@SQLITE
def test_command_shows_the_version(app: Flask, newest: str) -> None:
    answer = app.test_cli_runner().invoke(args=["version"])
    assert (answer.exit_code, answer.output) == (0, f"{newest}\n")


def test_server_shows_the_version_without_settings(newest: str) -> None:
    bare = {"PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "cabinet.serve", "--version"]
    answer = subprocess.run(command, cwd=ROOT, env=bare, capture_output=True, text=True)
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, f"{newest}\n", "")


def test_list_of_components_has_the_version(newest: str) -> None:
    assert sbom.version() == newest
