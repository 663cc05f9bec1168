"""Does a job in this process: its id and claim are arguments, the worker's settings stand in standard input.

`cabinet.worker.jobs_apart` starts it.
"""

import logging
import pickle  # nosec B403 # from the worker
import sys

from cabinet import __version__
from cabinet.billing import job_run
from cabinet.models import base
from cabinet.models.database import connected
from cabinet.models.failures import AWAY
from cabinet.models.import_job import ImportJob
from cabinet.telemetry import cause, crashes, logs
from cabinet.worker.jobs_apart import DATABASE_AWAY

log = logging.getLogger(__name__)


def main() -> None:
    """Do the job, if nobody else has it by now; what went wrong is recorded on it."""
    key, claim = sys.argv[1:]
    settings = pickle.load(sys.stdin.buffer)  # noqa: S301  # nosec B301
    logs.configure(settings.log_level, settings.log_format)
    crashes.configure(settings.sentry_dsn, __version__)
    base.configure(settings)
    try:
        with connected():
            job = ImportJob.get_or_none(ImportJob.id == key, ImportJob.claim == claim)
            if job is not None:
                with cause.caused_by(job.request_id):
                    job_run.run(job)
    except AWAY as error:
        log.warning("import %s: the database is away (%s)", key, type(error).__name__)
        sys.exit(DATABASE_AWAY)
    finally:
        crashes.finish()
