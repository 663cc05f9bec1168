"""Which of the imports that staff have started comes next; called by the worker.

Nothing that reads files is imported here: the worker has that done by a process apart.
"""

from collections.abc import Callable

from cabinet.billing import houses
from cabinet.billing.matching import match_imported
from cabinet.billing.undo import finish_unfinished
from cabinet.billing.uploads import discard
from cabinet.models.alone import alone
from cabinet.models.database import connected
from cabinet.models.import_batch import ImportBatch
from cabinet.models.import_job import ImportJob
from cabinet.telemetry import cause


def _here(job: ImportJob) -> None:
    from cabinet.billing.job_run import run

    run(job)


def rest() -> bool:
    """Take back an import that staff want undone or that was interrupted, match requests with one whose
    process died over it; then staff find by address what imports brought. False if there was nothing.
    """
    if finish_unfinished(wait=False) or match_imported(wait=False) > 0:
        return True
    houses.refresh(wait=False)
    return False


def is_rest() -> bool:
    """Whether `rest` has something to do; not while an import is at work."""
    if not (ImportBatch.unfinished() or ImportBatch.unmatched() or houses.are_behind()):
        return False
    with alone("billing", wait=False) as nobody_at_work:
        return nobody_at_work


def run_next(run: Callable[[ImportJob], None] = _here, rest: Callable[[], bool] = rest) -> bool:
    """Have one waiting job done by `run`, or else the `rest`; False if there is none of either.

    Failures are recorded on the job.
    """
    with connected():
        job = ImportJob.claim_next()
        if job is None:
            return rest()
        with cause.caused_by(job.request_id):
            if not settle(job):
                run(job)
        if ImportJob.get_by_id(job.id).over:
            discard(job)
        return True


def settle(job: ImportJob) -> bool:
    """Whether what it was to bring is in, though the process that brought it died; the job is done then."""
    batch = ImportBatch.of_job(job.id)
    if batch is not None:
        job.finish(batch.state, job.report)
    return batch is not None
