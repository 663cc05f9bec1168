"""Does a job in this process, whose id and claim are arguments, or without them what imports have left.

The worker's settings stand in standard input. `cabinet.worker.jobs_apart` starts it.
"""

import logging
import os
import pickle  # nosec B403 # from the worker
import sys

from cabinet import __version__
from cabinet.billing import jobs
from cabinet.models import base
from cabinet.models.database import connected
from cabinet.models.failures import AWAY
from cabinet.models.import_job import ImportJob
from cabinet.telemetry import cause, crashes, logs
from cabinet.worker.jobs_apart import DATABASE_AWAY, NO_MEMORY

log = logging.getLogger(__name__)


def main() -> None:
    """Do it; what went wrong with a job is recorded on it."""
    settings = pickle.load(sys.stdin.buffer)  # noqa: S301  # nosec B301
    logs.configure(settings.log_level, settings.log_format)
    crashes.configure(settings.sentry_dsn, __version__)
    base.configure(settings)
    try:
        with connected():
            if sys.argv[1:]:
                _do(*sys.argv[1:])
            else:
                while jobs.rest():
                    pass
    except AWAY as error:
        log.warning("imports: the database is away (%s)", type(error).__name__)
        sys.exit(DATABASE_AWAY)
    except MemoryError:  # whatever could be done about it would need some
        os._exit(NO_MEMORY)
    finally:
        crashes.finish()


def _do(key: str, claim: str) -> None:
    """Do a job, if nobody else has it by now."""
    from cabinet.billing import job_run  # what is left needs no reader

    job = ImportJob.get_or_none(ImportJob.id == key, ImportJob.claim == claim)
    if job is not None:
        with cause.caused_by(job.request_id):
            job_run.run(job)
