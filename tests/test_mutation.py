"""What `make mutants` changes, and what it leaves as it is."""

import pytest

from cabinet.models.attempt import network
from cabinet.models.data_map.reading import data_map
from tests.forked import holds_in_a_child
from tools.mutants import modules
from tools.mutation.changes import mutants_of
from tools.mutation.live import MODELS, Live, sources


@pytest.mark.parametrize(
    ("line", "changed"),
    [
        ("return a < 2", {"return a <= 2", "return a < 3"}),
        ("if a == b: pass", {"if (a == b) and False: pass", "if (a == b) or True: pass"}),
        ("a.b = not c", {"pass", "a.b = (c)"}),
        ("a += 'x'", {"a = 'x'", "a += 'XXxXX'"}),
        ("return f(a, b=c)", {"return f(a, **{})"}),
        ("q.where(a, b)", {"pass", "q.where(True, b)", "q.where(a, True)"}),
        (
            "return [a for a in b if a and c]",
            {"return [a for a in b if True]", "return [a for a in b if a or c]"},
        ),
        ("return b if is_sqlite() else c + 1", set()),
        ("return q.limit(1)", set()),
        ("return q.limit(2)", {"return q.limit(3)"}),
        ("unit(f, keyed=True)", {"pass"}),
        ('lock_names("name")', set()),
        ('log.warning("words", number=1)', set()),
        ('logs.logger().warning("words", number=1)', set()),
        ('raise ValueError("words")', set()),
        ("assert a == 1", set()),
        ('"""Words."""', set()),
    ],
)
def test_a_line_is_changed_in_few_ways(line: str, changed: set[str]) -> None:
    assert {mutant.after for mutant in mutants_of("some", f"def f():\n    {line}\n")} == changed


def test_a_function_that_says_so_is_left_as_it_is() -> None:
    source = "def f():{}\n    return 1\n"
    assert mutants_of("some", source.format(""))
    assert not mutants_of("some", source.format("  # pragma: no mutants — why"))


def test_modules_of_a_folder_below_are_changed_too() -> None:
    assert modules() == sorted(set(sources(MODELS)) - {"postgres", "postgres_connection"})
    assert "data_map/reading" in modules()


def test_a_mutant_runs_in_place_of_what_is_imported() -> None:
    source = (MODELS / "attempt.py").read_text()
    mutant = next(one for one in mutants_of("attempt", source) if one.after == 'return "XXnoneXX"')
    assert network("nowhere") == "none"

    def is_another() -> bool:
        return Live().exchange(mutant) and network("nowhere") == "XXnoneXX"

    assert holds_in_a_child(is_another)
    assert network("nowhere") == "none"


def test_a_mutant_of_a_folder_below_runs_too() -> None:
    source = (MODELS / "data_map" / "reading.py").read_text()
    mutant = next(one for one in mutants_of("data_map/reading", source) if "XX*.tomlXX" in one.after)
    assert data_map()

    def is_another() -> bool:
        return Live().exchange(mutant) and not data_map()

    assert holds_in_a_child(is_another)
