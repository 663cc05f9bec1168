"""The worker: empties the outbox lane by lane, imports billing files and does the housekeeping.

Each thread has a lane and takes one message at a time. Whatever goes wrong is logged; the thread goes on.
"""

import logging
import queue
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from cabinet.billing import jobs
from cabinet.delivery.alarms import look_around
from cabinet.delivery.polling import poll_due
from cabinet.delivery.sending import Handler, handler_of, send_next
from cabinet.models import Heartbeat, audit_chain
from cabinet.models.connections import connect_when_asked
from cabinet.models.database import connected
from cabinet.telemetry import watchdog
from cabinet.worker import jobs_apart
from cabinet.worker.alerts import Lookout
from cabinet.worker.complaints import Complaints
from cabinet.worker.lanes import Lane, lanes
from cabinet.worker.purge import purge
from cabinet.worker.scout import AUDIT, IMPORTS, LOOK_EVERY, STATUSES, Scout
from config import Settings

log = logging.getLogger(__name__)

IMPORTS_EVERY = 10.0  # seconds between looks for imports that were interrupted
CHAIN_EVERY = 2.0
BEAT_EVERY = 5.0
WARN_EVERY = 60.0
PURGE_EVERY = 600.0
STOP_PATIENCE = 10.0  # seconds to finish the messages in hand when asked to stop


class Worker:
    """Sends everything that is due: `run` until a signal, or `drain` once in the caller's thread."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.lanes = lanes(settings)
        self.scout = Scout(self.lanes)
        self.complaints = Complaints()
        self.stopping = threading.Event()
        self.asked: queue.SimpleQueue[None] = queue.SimpleQueue()  # to stop
        self.stop_asked = False
        self.threads: list[threading.Thread] = []

    def run(self) -> None:
        """Work until SIGTERM or SIGINT, then finish the messages in hand."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.ask_to_stop)
        self.threads = self._threads()
        for thread in self.threads:
            thread.start()
        log.info("worker started")
        self._watch_until_asked_to_stop()
        self._finish(self.threads)

    def ask_to_stop(self, *_: Any) -> None:
        """Ask the worker to stop. Safe in a signal handler: a simple queue may be put into at any moment."""
        self.stop_asked = True
        self.asked.put(None)

    def drain(self) -> int:
        """Send all that is due now, in this thread; returns how many messages were taken."""
        first = sorted(self.lanes, key=lambda lane: lane.channel != "staff")  # what it fans out is due, too
        work = [(lane, handler_of(lane.channel, self.settings)) for lane in first]
        taken = 0
        while any(send_next(lane.channel, handler, lane.only) for lane, handler in work):
            taken += 1
        return taken

    def _threads(self) -> list[threading.Thread]:
        chores: list[tuple[str, Callable[[], None]]] = [
            ("heartbeat", self._beat),
            ("scout", self._look_out),
            ("housekeeping", self._housekeeping),
            ("imports", self._imports),
            ("statuses", self._statuses),
            ("audit", self._audit),
        ]
        threads = [threading.Thread(target=chore, name=name, daemon=True) for name, chore in chores]
        for lane in self.lanes:
            for n in range(lane.threads):
                work = (lane, handler_of(lane.channel, self.settings), lane.pause if n == 0 else None)
                threads.append(
                    threading.Thread(target=self._deliver, args=work, name=f"{lane.name}-{n}", daemon=True)
                )
        return threads

    def _watch_until_asked_to_stop(self) -> None:
        """Nothing here waits for the database: nobody is killed because that hangs, with an SMS in hand."""
        while not self.stop_asked:
            if self._is_whole():
                watchdog.goes_on()
            with suppress(queue.Empty):
                self.asked.get(timeout=BEAT_EVERY)

    def _beat(self) -> None:
        """A heartbeat says that every thread is alive, so a lost thread is noticed outside."""
        connect_when_asked(True)
        while not self.stopping.is_set():
            if self._is_whole():
                self._guarded("heartbeat", lambda: Heartbeat.beat("worker"))
            self.stopping.wait(BEAT_EVERY)

    def _is_whole(self) -> bool:
        return all(thread.is_alive() for thread in self.threads)

    def _finish(self, threads: list[threading.Thread]) -> None:
        self.stopping.set()
        self.scout.ring_all()
        deadline = time.monotonic() + STOP_PATIENCE
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        unfinished = [thread.name for thread in threads if thread.is_alive()]
        log.info("worker stopped%s", f", unfinished: {', '.join(unfinished)}" if unfinished else "")

    def _deliver(self, lane: Lane, handler: Handler, pause: float | None = None) -> None:
        """Send what is due in a lane, whenever its bell rings, and every `pause` seconds."""
        connect_when_asked(True)  # by a connection that is kept: to open one costs more than to send
        errors = 0
        while not self.stopping.is_set():
            try:
                if not send_next(lane.channel, handler, lane.only, lambda: self.scout.ring(lane.name)):
                    self.scout.wait(lane.name, pause)
                errors = 0
            except Exception as error:  # the database, mostly
                errors += 1
                self.complaints.tell(error, f"lane {lane.name}")
                self.stopping.wait(min(10.0, 0.5 * 2**errors))

    def _look_out(self) -> None:
        connect_when_asked(True)  # by a connection that is kept
        while not self.stopping.is_set():
            if self.scout.is_due() and not self._guarded("scout", self.scout.glance):
                self.stopping.wait(1.0)
            time.sleep(LOOK_EVERY)  # to wait for an event as well costs more than the look

    def _housekeeping(self) -> None:
        lookout, warn_at = Lookout(), time.monotonic() + 1.0
        purge_at = warn_at
        while not self.stopping.wait(max(0.0, min(warn_at, purge_at) - time.monotonic())):
            moment = time.monotonic()
            if moment >= warn_at:
                warn_at = moment + WARN_EVERY
                self._guarded("alarms", lookout.look)
                self._guarded("surroundings", look_around)
            if moment >= purge_at:
                purge_at = moment + PURGE_EVERY
                self._guarded("purge", purge)

    def _imports(self) -> None:
        """Billing files that staff uploaded, one at a time."""
        while not self.stopping.wait(1.0):
            self._guarded("import", lambda: jobs.run_next(jobs_apart.run, jobs_apart.rest))
            self.scout.wait(IMPORTS, IMPORTS_EVERY)

    def _statuses(self) -> None:
        """What became of SMS and calls, asked of the gateways that do not call us."""
        while not self.stopping.wait(1.0):
            self._guarded("statuses", lambda: poll_due(self.settings))
            self.scout.wait(STATUSES)

    def _audit(self) -> None:
        """New rows of the audit are chained to those before, those of some seconds at once."""
        while not self.stopping.wait(CHAIN_EVERY):
            self.scout.wait(AUDIT)
            self._guarded("audit", audit_chain.seal)

    def _guarded(self, name: str, chore: Callable[[], object]) -> bool:
        """Whether it went well; else the log has why not."""
        try:
            with connected():
                chore()
            return True
        except Exception as error:
            self.complaints.tell(error, name)
            return False
