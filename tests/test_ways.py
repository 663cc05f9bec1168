"""Which ways `make test` takes."""

from itertools import product

import pytest

from config import ROOT
from tests.ways import NEWEST, Way, at_once, chosen, is_of_old_migration, mark_samples

BOTH: list[Way] = [(None, "sqlite"), (None, "postgres")]
FOUR: list[Way] = list(product(("plain", "htmx"), ("sqlite", "postgres")))


def test_a_journey_is_taken_one_way_and_always_the_same() -> None:
    name = "tests/register/test_account.py::test_misses_are_limited[]"
    assert len(chosen(name, FOUR)) == 1 and chosen(name, FOUR) == chosen(name, FOUR)
    assert chosen(name, FOUR) == [("plain", "postgres")], "the choice depends on nothing but the name"


def test_all_four_ways_are_taken_about_equally_often() -> None:
    taken = [chosen(f"tests/login/test_x.py::test_{number}[]", FOUR)[0] for number in range(1000)]
    assert all(200 < taken.count(way) < 300 for way in FOUR)


def test_models_are_tested_on_both_databases() -> None:
    assert chosen("tests/models/test_login.py::test_x[]", BOTH) == BOTH


def test_where_the_databases_differ_make_test_takes_both() -> None:
    assert at_once("tests/models/test_limits.py::test_x[]", BOTH) == BOTH


def test_elsewhere_it_takes_each_of_them_about_equally_often() -> None:
    taken = [at_once(f"tests/models/test_login.py::test_{number}[]", BOTH) for number in range(1000)]
    assert all(len(ways) == 1 for ways in taken)
    assert all(450 < taken.count([way]) < 550 for way in BOTH)


def test_sessions_are_tested_on_both_databases_by_different_visitors() -> None:
    taken = chosen("tests/web/test_sessions.py::test_x[]", FOUR)
    assert {database for _, database in taken} == {"sqlite", "postgres"}
    assert {visitor for visitor, _ in taken} == {"plain", "htmx"}


def test_of_many_parameters_it_takes_a_share_and_always_the_same(request: pytest.FixtureRequest) -> None:
    def left_out() -> list[str]:
        module, names = request.node.parent, [f"x[{n}]" for n in range(7)]
        items = [pytest.Function.from_parent(module, name=name, callobj=mark_samples) for name in names]
        for item in items:
            item.add_marker(pytest.mark.sample(3))
        mark_samples(items)
        return [item.name for item in items if item.get_closest_marker("thorough")]

    assert len(left_out()) == 4 and left_out() == left_out()


@pytest.mark.parametrize(("parameters", "left_out"), [(3, 0), (4, 2), (7, 3)])
def test_of_many_things_tried_by_pages_it_takes_half(
    request: pytest.FixtureRequest, parameters: int, left_out: int
) -> None:
    items = [
        pytest.Function.from_parent(request.node.parent, name=f"x[{n}]", callobj=mark_samples)
        for n in range(parameters)
    ]
    for item in items:
        item.fixturenames.append("app")
    mark_samples(items)
    assert len([item for item in items if item.get_closest_marker("thorough")]) == left_out


def test_of_migrations_it_tries_the_newest() -> None:
    names = sorted(path.stem for path in (ROOT / "migrations").glob("[0-9]*.py"))
    tests = [f"tests/migrations/test_{name}.py::test_x" for name in [*names, "expand", "kills"]]
    assert [name for name in tests if not is_of_old_migration(name)] == tests[-NEWEST - 2 :]
