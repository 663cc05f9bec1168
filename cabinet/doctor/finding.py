"""What the doctor finds: that something is right, worth a look, or wrong, and what cures it."""

from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """How bad it is; only WRONG makes the exit code 1."""

    OK = "ok"
    NOTE = "note"
    WRONG = "WRONG"


@dataclass(frozen=True)
class Finding:
    """A line for the operator; `cure` is what to do, in a sentence."""

    level: Level
    text: str
    cure: str = ""

    def __str__(self) -> str:
        line = f"{self.level.value:<5}  {self.text}"
        return f"{line}\n       → {self.cure}" if self.cure else line


def ok(text: str) -> Finding:
    """Something is right."""
    return Finding(Level.OK, text)


def note(text: str, cure: str) -> Finding:
    """Something works, but may not be meant so."""
    return Finding(Level.NOTE, text, cure)


def wrong(text: str, cure: str) -> Finding:
    """Something does not work."""
    return Finding(Level.WRONG, text, cure)


def judged(good: bool, text: str, cure: str) -> Finding:
    """`ok` or `wrong`."""
    return ok(text) if good else wrong(text, cure)
