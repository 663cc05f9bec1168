"""Break the domain in every small way that mutmut knows, and say how much of it the tests notice.

`make mutants` does it for all of `cabinet/models/`, which takes long; FILES="attempt code" for these modules.
Exits with 1 below GOAL percent. A surviving mutant is shown by `.venv/bin/mutmut show NAME`.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MUTANTS = ROOT / "mutants"
MODELS = Path("cabinet", "models")
EQUIVALENT = ROOT / "tests" / "models" / "equivalent_mutants.txt"
GOAL = 95
ON_SQLITE = {**os.environ, "SQLITE_ALONE": "1"}  # see tests/ways.py
SURVIVED = (0, 5, 33)  # mutmut's codes: tests passed, no test was found, no test comes by
UNJUDGED = (None, 2, 34)  # not tried, interrupted, left out


def main() -> None:
    """Run mutmut; prints one line per module and the survivors, exits with 1 below the goal."""
    modules = sys.argv[1:] or sorted(path.stem for path in (ROOT / MODELS).glob("*.py"))
    total: Counter[str] = Counter()
    run(modules)
    for module in modules:
        counted = judge(module)
        total += counted
        if counted:
            print(_line(module, counted))
    print(_line("all", total))
    sys.exit(0 if score(total) >= GOAL and not total["unjudged"] else 1)


def run(modules: list[str]) -> None:
    """Try every mutant of the modules. Exits with mutmut's code when it could not begin."""
    shutil.rmtree(MUTANTS, ignore_errors=True)  # mutmut takes what it made before for what it would make now
    MUTANTS.mkdir()
    log = MUTANTS / "log.txt"
    names = [f"cabinet.models.{module}.x*" for module in modules]
    print(f"The progress is in {log.relative_to(ROOT)}", flush=True)
    with log.open("w") as out:
        command = [sys.executable, "-m", "mutmut", "run", *names]
        code = subprocess.run(command, cwd=ROOT, stdout=out, stderr=out, env=ON_SQLITE).returncode
    if code:
        sys.exit(f"mutmut ended with {code}:\n" + log.read_text()[-2000:])


def judge(module: str) -> Counter[str]:
    """How many mutants of a module were killed, survived, are no change at all, or were not tried."""
    counted: Counter[str] = Counter()
    meta = MUTANTS / MODELS / f"{module}.py.meta"
    if not meta.exists():
        return counted  # nothing in it that could be changed
    same = equivalent(module)
    for name, code in json.loads(meta.read_text())["exit_code_by_key"].items():
        if code in UNJUDGED:
            counted["unjudged"] += 1
        elif code not in SURVIVED:
            counted["killed"] += 1
        elif same and not same.isdisjoint(changed_lines(name)):
            counted["equivalent"] += 1
        else:
            counted["survived"] += 1
            print(f"  {'survived' if code == 0 else 'no test comes by'}: {name}")
    return counted


def equivalent(module: str) -> set[str]:
    """The changed lines of the module's mutants that do the same as the original."""
    lines = EQUIVALENT.read_text(encoding="utf-8").splitlines() if EQUIVALENT.exists() else []
    mine = [line.partition(" | ")[2] for line in lines if line.startswith(f"{module} | ")]
    return {line.rpartition(" | ")[0] for line in mine}


def changed_lines(mutant: str) -> Iterator[str]:
    """The lines of a mutant that the original has not."""
    command = [sys.executable, "-m", "mutmut", "show", mutant]
    diff = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for line in diff.splitlines():
        if line.startswith("+") and not line.startswith("+++"):
            yield line[1:].strip()


def score(counted: Counter[str]) -> float:
    """Percent killed of those that can be."""
    judged = counted["killed"] + counted["survived"]
    return 100 * counted["killed"] / judged if judged else 100.0


def _line(name: str, counted: Counter[str]) -> str:
    numbers = ", ".join(
        f"{counted[what]} {what}"
        for what in ("killed", "survived", "equivalent", "unjudged")
        if counted[what]
    )
    return f"{name:16} {score(counted):5.1f} %  {numbers}"


if __name__ == "__main__":
    main()
