"""An installation has its modules compiled."""

import sys
from pathlib import Path

import pytest
from flask import Flask

from cabinet.commands import installation
from cabinet.commands.bytecode import compile_modules
from cabinet.models import base
from cabinet.web import assets
from config import Settings


def test_modules_are_compiled_even_where_processes_write_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    for name in ("cabinet/part", "migrations", "var"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "one.py").write_text("pass")
    (tmp_path / "wsgi.py").write_text("pass")
    (tmp_path / "broken.py").write_text("pass pass")
    assert not compile_modules(tmp_path)
    (tmp_path / "broken.py").unlink()
    assert compile_modules(tmp_path)
    compiled = {str(path.parent.parent.relative_to(tmp_path)) for path in tmp_path.rglob("*.pyc")}
    assert compiled == {".", "cabinet/part", "migrations"}


def test_a_build_compiles_them(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> None:
    called: list[bool] = []
    monkeypatch.setattr(installation, "compile_modules", lambda: called.append(True))
    monkeypatch.setattr(assets, "BUILT", tmp_path / "static")
    base.configure(settings)
    app = Flask("wsgi")
    app.cli.add_command(installation.build)
    assert app.test_cli_runner().invoke(args=["build"]).exit_code == 0 and called
