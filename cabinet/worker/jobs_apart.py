"""Has the file of a job read and imported by a process apart, with limits, that ends with the worker.

The bytes of a file decide what it costs to unpack and to read it. So the process that does so does the whole
job, by connections of its own, and no row has to pass from one process to another.
"""

import errno
import logging
import os
import pickle  # nosec B403 # only written here
import signal
import subprocess  # nosec B404 # ours
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from cabinet.apart.process import ENVIRONMENT, NO_LIMIT, Limits, command
from cabinet.billing.errors import BROKEN, TOO_LARGE, TOO_SLOW
from cabinet.billing.jobs import is_rest, settle
from cabinet.models import base
from cabinet.models.import_job import ImportJob

log = logging.getLogger(__name__)

MODULE = "cabinet.worker.job_process"
MEMORY = 1 << 30  # bytes of addresses
SECONDS, PER_MEGABYTE, MOST_SECONDS = 300, 20, 3600  # of CPU: ten times what files of such a size take
NICER = 5  # not more: on SQLite it holds the lock of all writers, for milliseconds
MOST_SILENT = 120  # seconds of CPU that one statement of SQLite may take
PATIENCE = 1800.0  # seconds in which nothing more of a file was read
DATABASE_AWAY, NO_MEMORY = 75, errno.ENOMEM  # exit codes: EX_TEMPFAIL of sysexits.h, one of ours


def run(job: ImportJob) -> None:
    """Do a job. One whose process was killed, by a limit or otherwise, has failed, and is not tried again.

    If the database was away it stays claimed; whoever comes when the claim has lapsed takes it over.
    """
    ended = _ended(job)
    if ended == DATABASE_AWAY or not _is_under_way(job) or settle(job):
        return
    log.error("import %s: its process has ended by itself (%s)", job.id, ended)
    job.finish("failed", {}, _words(ended))


def _words(ended: int) -> str:
    if ended == -signal.SIGXCPU:
        return TOO_SLOW
    return TOO_LARGE if ended < 0 or ended == NO_MEMORY else BROKEN


def rest() -> bool:
    """Do what imports have left, in a process apart as well: a worker would keep the memory that it takes.

    No file decides what that costs, so it has no limits.
    """
    if not is_rest():
        return False
    with _process(Limits(NO_LIMIT, NO_LIMIT, NO_LIMIT, NICER, NO_LIMIT)) as process:
        return process.wait() == 0


def _ended(job: ImportJob) -> int:
    """How its process ended; one that stands still is ended as one that took too much CPU."""
    size = int(job.size) >> 20
    limits = Limits(min(SECONDS + PER_MEGABYTE * size, MOST_SECONDS), MEMORY, NO_LIMIT, NICER, MOST_SILENT)
    with _process(limits, job.id, str(job.claim)) as process:
        return _end_of(process, job)


@contextmanager
def _process(limits: Limits, *arguments: str) -> "Iterator[subprocess.Popen[bytes]]":
    """A process of `job_process`, for as long as the context lasts."""
    with subprocess.Popen(  # noqa: S603 (ours)
        command(MODULE, limits, *arguments),
        stdin=subprocess.PIPE,
        env={**os.environ, **ENVIRONMENT},
        start_new_session=True,  # whoever stops the worker with its group lets it finish what is in hand
    ) as process:
        try:
            assert process.stdin
            with suppress(BrokenPipeError), process.stdin:
                pickle.dump(base.settings(), process.stdin)
            yield process
        finally:
            process.kill()


def _end_of(process: "subprocess.Popen[bytes]", job: ImportJob) -> int:
    progress = -1
    while True:
        try:
            return process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            before, progress = progress, ImportJob.get_by_id(job.id).progress
            if progress == before:
                return -signal.SIGXCPU


def _is_under_way(job: ImportJob) -> bool:
    now: ImportJob = ImportJob.get_by_id(job.id)
    return bool(now.claim == job.claim)
