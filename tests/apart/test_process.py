"""A process apart ends when it does nothing but take CPU, as an interpreter does that is out of memory."""

import signal
import subprocess

from cabinet.apart.process import ENVIRONMENT, Limits, command

MODULE = "tests.apart.silent"
LIMITS = Limits(seconds=60, memory=1 << 30, silent=1)


def ended(*arguments: str) -> int:
    """How a process ended that was started as those of readers are."""
    return subprocess.run(command(MODULE, LIMITS, *arguments), env=ENVIRONMENT).returncode


def test_it_is_killed_when_it_runs_no_python() -> None:
    assert ended() == -signal.SIGVTALRM


def test_it_lives_as_long_as_it_runs_python() -> None:
    assert ended("python") == 0
