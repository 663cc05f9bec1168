"""The demonstration's data, made once for all the sites that a process runs."""

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from config import ROOT

# in one process, for to import all the cabinet takes longest
COMMANDS = """
from wsgi import app

for command in (["build"], ["db", "upgrade"], ["demo", "seed"]):
    done = app.test_cli_runner(catch_exceptions=False).invoke(args=command)
    assert done.exit_code == 0, done.output
"""


def settings_in(folder: Path) -> dict[str, str]:
    """Where a demonstration keeps its data if that is in this folder."""
    return {
        "DEMO": "1",
        "DATABASE_URL": f"sqlite:///{folder}/cabinet.db",
        "UPLOADS_FOLDER": f"{folder}/uploads",
        "IMPORTS_FOLDER": f"{folder}/imports",
    }


def seed(environment: Mapping[str, str]) -> None:
    """Build what is served, make the tables, import the billing; raises CalledProcessError."""
    subprocess.run([sys.executable, "-c", COMMANDS], cwd=ROOT, env={**os.environ, **environment}, check=True)


def put_into(folder: Path) -> None:
    """Put the demonstration's data there, for `settings_in` this folder."""
    shutil.copytree(_data().name, folder, dirs_exist_ok=True)


@functools.cache
def _data() -> "tempfile.TemporaryDirectory[str]":
    folder = tempfile.TemporaryDirectory()
    seed(settings_in(Path(folder.name)))
    return folder
