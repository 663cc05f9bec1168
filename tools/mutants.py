"""Break the domain in many small ways (`mutation`), and say how much of it the tests notice.

`make mutants` does it for all of `cabinet/models/`; FILES="attempt code" for these modules, EVERY=5 for a
fifth of the mutants and PART=2 for another fifth, AGAIN=1 for those that were not killed last time, JOBS=1 on
one core, TESTS="tests/models" by these tests alone, which are those on SQLite, and those that there are on
PostgreSQL only. Prints each survivor when it is found, then the score of each module; exits with 1 below GOAL
percent. They are tried in an order by chance, always the same: what was tried when somebody stops it tells of
all modules, and AGAIN=1 goes on from there.
"""

import json
import os
import sys
import time
import zlib
from collections import Counter
from pathlib import Path

import pytest

from tools.mutation.changes import Mutant, mutants_of
from tools.mutation.live import MODELS, sources
from tools.mutation.runner import Runner

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "mutants"
EQUIVALENT = ROOT / "tests" / "models" / "equivalent_mutants.txt"
RESULTS = FOLDER / "results.jsonl"
GOAL = 95
ARGUMENTS = [
    *("-q", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:timeout"),
    *("-m", "not browser and not slow and not thorough"),
]


def main() -> None:
    """Try the mutants, print the survivors and the score of each module, and exit."""
    os.chdir(ROOT)
    FOLDER.mkdir(exist_ok=True)
    os.environ |= {"SQLITE_ALONE": "1", "HYPOTHESIS_STORAGE_DIRECTORY": str(FOLDER / "hypothesis")}
    if not (again := bool(os.environ.get("AGAIN"))):
        RESULTS.unlink(missing_ok=True)
    mutants, known = chosen(), results()
    wanted = [one for one in mutants if not (again and known.get(one.name, "").startswith("killed"))]
    wanted.sort(key=by_chance)
    print(f"{len(wanted)} mutants", flush=True)
    begin = time.monotonic()
    runner = Runner(FOLDER, wanted, told, int(os.environ.get("JOBS") or os.cpu_count() or 1))
    code = pytest.main([*ARGUMENTS, *os.environ.get("TESTS", "").split()], plugins=[runner])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        sys.exit(f"pytest ended with {code}")
    print(f"{time.monotonic() - begin:.0f} s")
    sys.exit(0 if report(mutants) >= GOAL else 1)


def chosen() -> list[Mutant]:
    """The mutants that were asked for, but for the equivalent ones."""
    every, part = (int(os.environ.get(name) or at_least) for name, at_least in (("EVERY", 1), ("PART", 0)))
    same = equivalent()
    return [
        mutant
        for module in sys.argv[1:] or modules()
        for mutant in mutants_of(module, (MODELS / f"{module}.py").read_text())
        if by_chance(mutant) % every == part
        and same.isdisjoint((mutant.module, what) for what in (mutant.after, mutant.change))
    ]


def by_chance(mutant: Mutant) -> int:
    """A number that says nothing of it, and stays the same."""
    return zlib.crc32(mutant.name.encode())


def modules() -> list[str]:
    """All but those that need PostgreSQL."""
    return sorted(name for name in sources(MODELS) if not name.startswith("postgres"))


def equivalent() -> set[tuple[str, str]]:
    """Modules and changed lines, or whole changes, of mutants that do the same as the original."""
    lines = [line for line in EQUIVALENT.read_text().splitlines() if not line.startswith("#")]
    return {(line.partition(" | ")[0], line.partition(" | ")[2].rpartition(" | ")[0]) for line in lines}


def told(mutant: Mutant, what: str) -> None:
    """Keep what became of a mutant, and print it if it lives."""
    with RESULTS.open("a") as file:
        file.write(json.dumps([mutant.name, what], ensure_ascii=False) + "\n")
    if what in ("survived", "no test comes by"):
        print(f"{what}: {mutant.name}", flush=True)


def results() -> dict[str, str]:
    """What became of each mutant, by its name."""
    return dict(map(json.loads, RESULTS.read_text().splitlines())) if RESULTS.exists() else {}


def report(mutants: list[Mutant]) -> float:
    """Print the scores; returns that of all."""
    known = results()
    counted: dict[str, Counter[str]] = {}
    for mutant in mutants:
        what = known.get(mutant.name, "not tried")
        for name in (mutant.module, "all"):
            counted.setdefault(name, Counter())["killed" if what.startswith("killed") else what] += 1
    for name, each in sorted(counted.items(), key=lambda one: one[0] == "all"):
        print(f"{name:20} {score(each):5.1f} %  {', '.join(f'{n} {what}' for what, n in each.items())}")
    return score(counted["all"]) if counted else 100.0


def score(counted: Counter[str]) -> float:
    """Percent killed of those that could be."""
    tried = counted.total() - counted["impossible"] - counted["not tried"]
    return 100 * counted["killed"] / tried if tried else 100.0


if __name__ == "__main__":
    main()
