"""What is said of commit messages."""

import subprocess
import sys
from pathlib import Path

import pytest

from tools import commit_message

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    "text",
    [
        "Freeze the first migration\n",
        "Freeze the first migration\n\nDatabases of 1.0.0 exist, so it must never change.\n",
        "x" * 72,
        "Merge branch 'a-name-longer-than-anything-a-subject-may-have' into another-branch; by git\n",
        "Say why\n# a comment of git\n\n# ------------------------ >8 ------------------------\ndiff; long\n",
    ],
)
def test_good_commit_messages_pass(text: str) -> None:
    assert list(commit_message.faults_of(text)) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "must not be empty"),
        ("# only comments\n", "must not be empty"),
        ("x" * 73, "73 characters"),
        ("Add a setting; rename a table", "several things"),
        ("Subject\nno blank line", "must be blank"),
        ("Subject\n\n" + "long words " * 10, "wrap it"),
    ],
)
def test_bad_commit_messages_are_refused_with_the_reason(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "message").write_text(text)
    command = [sys.executable, "tools/commit_message.py", str(tmp_path / "message")]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 1 and fault in answer.stderr and "Traceback" not in answer.stderr
