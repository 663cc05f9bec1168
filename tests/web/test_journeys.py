"""A code is sent for a journey, which says what the verified phone opens; the door knows no journey."""

import ast
from pathlib import Path

from cabinet import application
from cabinet.web import journeys

REGISTERED_BY = application.JOURNEYS  # importing them fills the registry
CABINET = Path(__file__).resolve().parent.parent.parent / "cabinet"


def _calls(path: Path, function: str) -> list[ast.Call]:
    source = path.read_text(encoding="utf-8")
    if function not in source:
        return []
    tree = ast.parse(source)
    return [n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == function]


def _texts(function: str) -> set[str]:
    """The first arguments, where they are plain text, of all calls of a function in `cabinet/`."""
    calls = [call for path in CABINET.rglob("*.py") for call in _calls(path, function)]
    return {str(c.args[0].value) for c in calls if c.args and isinstance(c.args[0], ast.Constant)}


def test_a_journey_answers_for_every_purpose_that_codes_are_sent_for() -> None:
    sent_for = _texts("OneTimeCode.send")
    assert sent_for == {"registration", "recovery", "phone", "confirm", "merge"} == set(journeys._verified)


def test_the_journeys_that_the_door_resumes_are_there() -> None:
    assert _texts("resume_journey") == {"registration", "recovery"} == set(journeys._resume)
