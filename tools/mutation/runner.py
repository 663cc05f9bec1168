"""Tries mutants in one process that has imported and collected everything: a fork for each.

A fork runs the tests that come by the changed statement, nearest and quickest first, and ends with the first
that fails. Which test comes by which line is found out once, and again for files of tests that have changed.
"""

import contextlib
import functools
import json
import os
import shutil
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import coverage
import pytest
from _pytest.runner import runtestprotocol

from tests.emptier import apart
from tools.mutation.changes import Mutant
from tools.mutation.live import MODELS, Live, sources

LONG = 8  # seconds of the processor; a test that takes longer is left out, whatever else the machine does
ENOUGH = 10  # seconds of the processor that the tests of a mutant take; those of its own module come first
PATIENCE = 10  # seconds that a test may stop for; then the mutant is killed, as by one that fails


class Runner:
    """A plugin of pytest that tries mutants in place of running the tests."""

    def __init__(
        self, folder: Path, mutants: list[Mutant], told: Callable[[Mutant, str], None], jobs: int
    ) -> None:
        self.folder, self.mutants, self.told, self.jobs = folder, mutants, told, jobs
        self.tests: dict[str, dict[str, Any]] = {}  # seconds and lines, by id
        # by function, the last first
        self.killers: defaultdict[tuple[str, str], list[str]] = defaultdict(list)

    def pytest_configure(self, config: pytest.Config) -> None:
        """Know the marker of a plugin that would end tests by the same signal."""
        config.addinivalue_line("markers", "timeout(seconds): see PATIENCE")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what is tried on SQLite as well."""
        items[:] = [item for item in items if not _is_on_both(item)]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try all mutants."""
        self.items = {item.nodeid: item for item in session.items}
        self.session = session
        with silence():
            self._warm_up()
        self.live = Live()
        self._learn()
        workers = [self._forked(functools.partial(self._work, job)) for job in range(self.jobs)]
        for worker in workers:
            os.waitpid(worker, 0)
        return True

    def _warm_up(self) -> None:
        """Make what lasts for the session once, here."""
        for name in ("database", "app", "postgres_url"):
            item = next(
                (one for one in self.items.values() if name in getattr(one, "fixturenames", ())), None
            )
            if item and self._fails(item):  # so would all that need it, and be left out
                pytest.exit(f"fails without any change: {item.nodeid}", 1)

    def _learn(self) -> None:
        """Find out which lines each test comes by; what is known of unchanged files stays known."""
        kept = self.folder / "tests.json"
        known = json.loads(kept.read_text()) if kept.exists() else {"tests": {}}
        state = {name: path.stat().st_mtime_ns for name, path in sources(MODELS).items()}
        if known.get("models") == state:
            since = kept.stat().st_mtime
            self.tests = {
                name: test
                for name, test in known["tests"].items()
                if name in self.items and self.items[name].path.stat().st_mtime < since
            }
        new = [item for name, item in self.items.items() if name not in self.tests]
        if not new:
            return
        print(f"{len(new)} tests are run to see what they come by", flush=True)
        shares = {self.folder / f"new-{job}.json": new[job :: self.jobs] for job in range(self.jobs)}
        for child in [self._forked(functools.partial(self._cover, *share)) for share in shares.items()]:
            os.waitpid(child, 0)
        found: dict[str, dict[str, Any]] = {}
        for path in shares:
            found |= json.loads(path.read_text())
            path.unlink()
        self.tests |= found
        known["tests"] |= self.tests
        kept.write_text(json.dumps({"models": state, "tests": known["tests"]}))
        for name, test in found.items():
            if test["failed"]:
                print(f"  fails without any change, left out: {name}", flush=True)

    def _cover(self, result: Path, items: list[pytest.Item]) -> None:
        temporary = self._alone_in(result.with_suffix(""))
        measure = coverage.Coverage(data_file=None, include=[f"{MODELS}/*"], config_file=False)
        measure.start()
        found: dict[str, dict[str, Any]] = {}
        for item in items:
            self.live.forget()
            measure.switch_context(item.nodeid)
            begin, worked = time.monotonic(), _worked()
            failed = self._fails(item)
            took = {"seconds": time.monotonic() - begin, "work": _worked() - worked}
            found[item.nodeid] = {**took, "failed": failed, "lines": {}}
        measure.stop()
        data = measure.get_data()
        for module, path in sources(MODELS).items():
            for line, names in data.contexts_by_lineno(str(path)).items():
                for name in filter(None, names):
                    found[name]["lines"].setdefault(module, []).append(line)
        shutil.rmtree(temporary, ignore_errors=True)
        result.write_text(json.dumps(found))

    def _alone_in(self, folder: Path) -> Path:
        """Have the tests of this process make their files in a new folder, their rows in a new database."""
        folder.mkdir(parents=True)
        apart(folder.name.replace("-", "_"))
        self.session.config._tmp_path_factory._basetemp = folder  # type: ignore[attr-defined]
        return folder

    def _work(self, job: int) -> None:
        for number, mutant in enumerate(self.mutants):
            if number % self.jobs == job:
                self.told(mutant, self._judged(mutant, self.folder / f"tmp-{job}"))

    def _judged(self, mutant: Mutant, temporary: Path) -> str:
        """`killed by …`, `survived`, `no test comes by`, or `impossible`."""
        tests = self._tests_of(mutant)
        if not tests:
            return "no test comes by"
        reader, writer = os.pipe()
        child = self._forked(functools.partial(self._try, mutant, tests, writer, temporary))
        os.close(writer)
        try:
            _, status = os.waitpid(child, 0)
        finally:
            stop_group(child)
            shutil.rmtree(temporary, ignore_errors=True)
        os.set_blocking(reader, False)  # who left the group may have the other end yet
        begun = os.read(reader, 2**16).split()
        os.close(reader)
        code = os.waitstatus_to_exitcode(status)
        if code == 0:
            return "survived"
        if code == 3 or not begun:
            return "impossible"
        killer = tests[int(begun[-1])]
        known = self.killers[mutant.module, mutant.function]
        known[:] = [killer, *(one for one in known if one != killer)][:8]
        return f"killed by {killer}"

    def _tests_of(self, mutant: Mutant) -> list[str]:
        def near(name: str) -> tuple[int, float]:
            own = f"/test_{mutant.module.partition('/')[0]}" in name
            return (killers.index(name) if name in killers else 9 if own else 10, self.tests[name]["work"])

        killers = self.killers[mutant.module, mutant.function]
        by = [name for name, test in self.tests.items() if self._comes_by(test, mutant)]
        chosen, work = [], 0.0
        for name in sorted(by, key=near):
            work += self.tests[name]["work"]
            if work > ENOUGH:
                break
            chosen.append(name)
        return chosen

    def _comes_by(self, test: dict[str, Any], mutant: Mutant) -> bool:
        return (
            not test["failed"]
            and test["work"] < LONG
            and not set(mutant.lines).isdisjoint(test["lines"].get(mutant.module, ()))
        )

    def _try(self, mutant: Mutant, tests: list[str], writer: int, temporary: Path) -> None:
        """In a fork: ends with 1 when a test fails, 3 when the change cannot be made."""
        self._alone_in(temporary)
        if not self.live.exchange(mutant):
            os._exit(3)
        for number, name in enumerate(tests):
            os.write(writer, f"{number}\n".encode())
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
            signal.setitimer(signal.ITIMER_REAL, PATIENCE + 8 * self.tests[name]["seconds"])
            if self._fails(self.items[name]):
                os._exit(1)

    def _fails(self, item: pytest.Item) -> bool:
        """Run a test as if another were to come, so that what lasts for the session stays."""
        to_come: Any = self.session
        return any(report.failed for report in runtestprotocol(item, log=False, nextitem=to_come))

    def _forked(self, work: Callable[[], None]) -> int:
        """A process of a group of its own that does it, and is silent."""
        child = os.fork()
        if child:
            return child
        code = 2
        try:
            if getattr(work, "func", None) != self._work:
                os.setpgid(0, 0)
                with silence():
                    work()
            else:
                work()
            code = 0
        finally:
            os._exit(code)


def _worked() -> float:
    """Seconds that the processor has worked for this process, and for those that it has waited for."""
    return time.process_time() + sum(os.times()[2:4])


def _is_on_both(item: pytest.Item) -> bool:
    parameters: Any = getattr(item, "callspec", None)
    return bool(parameters) and parameters.params.get("database_url") == "postgres"


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Nothing is read from a terminal, and nothing printed."""
    before = [os.dup(number) for number in range(3)]
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nowhere, number)
    try:
        yield
    finally:
        for number, kept in enumerate(before):
            os.dup2(kept, number)
        for opened in (nowhere, *before):
            os.close(opened)


def stop_group(leader: int) -> None:
    """End what a mutant has started and left behind."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
