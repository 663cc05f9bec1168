"""Runs imports, checks and undos in a process that dies, with no warning, right after a commit."""

import os
import signal
import subprocess
import sys

from cabinet.models import base
from cabinet.models.database import db
from config import ROOT
from tests.databases import disconnect
from tests.forked import exit_of_child

START = """
import os, signal, sys
from pathlib import Path
from cabinet.billing import importer, job_run, jobs, plausibility, sameness, undo
from cabinet.billing.answers import Answers
from cabinet.models import ImportBatch, base
from cabinet.models.database import db
from config import Settings

importer.AT_ONCE, undo.PIECE = 0, {True: 3, False: 3}
base.configure(Settings(testing=True, database_url=sys.argv[1], imports_folder=sys.argv[2]))
db.connect()
"""
DYING = """
commit, left = db.obj.commit, [int(sys.argv[3])]

def commit_and_die():
    commit()
    left[0] -= 1
    if left[0] <= 0:
        os.kill(os.getpid(), signal.SIGKILL)

db.obj.commit = commit_and_die
"""
UNDO = "undo.finish_unfinished()\n"
IMPORT = """
print('begun', flush=True)
every = frozenset(plausibility.TEXTS_OF | sameness.TEXTS_OF)
importer.import_billing([*map(Path, sys.argv[4:])], answers=Answers(accept=every))
"""
WORK = "job_run.TELL_EVERY = 3600\njobs.run_next()\n"


def python(code: str, *arguments: str) -> "subprocess.Popen[str]":
    """Run code on the database of this test, a billing folder as its own."""
    known = base.settings()
    return subprocess.Popen(
        [sys.executable, "-c", START + code, known.database_url, known.imports_folder, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def dies_at(commit: int, code: str, *arguments: str) -> bool:
    """Whether code, killed after so many commits, was killed; it may have come to its end before."""
    known = base.settings()

    def run() -> None:
        sys.argv = ["-c", known.database_url, known.imports_folder, str(commit), *arguments]
        exec(START + DYING + code, {})

    disconnect()  # a child would end a connection of ours
    ended = exit_of_child(run)  # a process of its own takes longer to begin than to die
    db.connect()
    assert ended in (0, -signal.SIGKILL), ended
    return ended != 0
