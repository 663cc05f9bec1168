"""Checks or imports the file of a job, and records what came of it."""

import csv
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cabinet.billing.alternatives import AlternativesError
from cabinet.billing.answers import Answers
from cabinet.billing.batches import Reject
from cabinet.billing.errors import BROKEN, TOO_LARGE, NeedsAnswerError, UnreadableFileError
from cabinet.billing.importer import import_billing
from cabinet.billing.job_report import FENCE, REJECTS, as_dict, questions_of, samples_of
from cabinet.billing.known_layouts import import_as_said, saved_for
from cabinet.billing.mapping import Preview, UnknownLayoutError
from cabinet.billing.report import Report
from cabinet.billing.uploads import path_of, rejects_of
from cabinet.models.base import now
from cabinet.models.database import connected, db
from cabinet.models.failures import AWAY
from cabinet.models.import_batch import ImportBatch
from cabinet.models.import_job import ImportJob
from cabinet.telemetry import crashes, logs

log = logging.getLogger(__name__)

TELL_EVERY = 2.0  # seconds between progress reports
GONE = "Файла больше нет на диске. Отправьте его ещё раз."
NO_ROWS = "В файле нет ни одной строки, которую можно загрузить."
CHANGED = "После проверки данные изменились. Посмотрите на предупреждения ещё раз."


@contextmanager
def _listing_rejects(job: ImportJob) -> Iterator[Callable[[Reject], None]]:
    """Yield a callback that lists each row a check rejects, replacing the list of any earlier check."""
    if job.state != "checking":
        yield lambda reject: None
        return
    handle = os.open(rejects_of(job), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="") as file:
        writer = csv.writer(file)
        yield lambda reject: writer.writerow([reject.line, reject.account, reject.reason])


def run(job: ImportJob) -> None:
    """Check or import the file. A check accepts any share of rejects: staff should see all of them.

    Raises what a database raises that is away; all else is recorded on the job.
    """
    dry, told, stop = job.state == "checking", {"bytes": 0}, threading.Event()
    pulse = threading.Thread(target=_keep_alive, args=(job, told, stop), daemon=True)
    pulse.start()
    try:
        with _listing_rejects(job) as on_reject:
            report = import_as_said(
                lambda answers: import_billing(
                    path_of(job),
                    dry,
                    max_rejects=100 if dry or REJECTS in job.accepted else FENCE,
                    progress=lambda done: told.update(bytes=done),
                    on_reject=on_reject,
                    name=job.name,
                    actor=f"staff:{job.staff}",
                    job=job.id,
                    answers=answers,
                ),
                _answers(job),
                lambda shown: _saved_layout(job, shown),
            )
    except NeedsAnswerError as error:
        _stop(stop, pulse)
        job.finish("asking", questions_of(error), samples=_shown(error))
    except (UnreadableFileError, OSError) as error:
        _stop(stop, pulse)
        job.finish("failed", {}, str(error) if isinstance(error, UnreadableFileError) else GONE)
    except AWAY:  # nothing of it is written, or all: whoever takes the job over will see
        raise
    except Exception as error:
        _stop(stop, pulse)
        _break_off(job, error)
    else:
        _stop(stop, pulse)
        _finish(job, report)
    finally:
        _stop(stop, pulse)
        logs.logger().info("import_run", job=job.id)


def _shown(error: NeedsAnswerError) -> dict[str, Any] | None:
    """What of the file is shown with a question."""
    if isinstance(error, AlternativesError):
        return {"alternatives": [asdict(each) for each in error.found]}
    return asdict(error.preview) if isinstance(error, UnknownLayoutError) else None


def _break_off(job: ImportJob, error: Exception) -> None:
    log.error("import %s: %s", job.id, type(error).__name__)
    crashes.tell(error, "import")
    job.finish("failed", {}, TOO_LARGE if isinstance(error, MemoryError) else BROKEN)


def _answers(job: ImportJob) -> Answers:
    """What staff have said about the file so far."""
    layouts = {key: said["columns"] for key, said in job.said.items() if not said.get("ask")}
    return Answers(job.period, accept=frozenset(job.accepted), layouts=layouts, chosen=job.chosen)


def _saved_layout(job: ImportJob, shown: Preview) -> Mapping[str, str] | None:
    """The columns saved for a layout, looked up by checks only: an import uses what its check used."""
    saved = saved_for(shown) if job.state == "checking" and shown.key not in job.said else None
    if saved is None:
        return None
    job.remember_layout(shown.key, saved.said)
    columns: Mapping[str, str] = saved.columns
    return columns


def _finish(job: ImportJob, report: Report) -> None:
    """Record the outcome; warnings that came up since the check are asked about, too.

    A file whose rows were all rejected is kept, so that staff can download the list of them.
    """
    kept = as_dict(report)
    if report.unanswered and not report.dry_run and ImportBatch.of_job(job.id) is None:
        job.finish("checked", kept, CHANGED, samples_of(report))
    elif report.nothing and report.dry_run and report.rejected:
        job.finish("checked", kept, NO_ROWS)
    elif report.nothing:
        job.finish("failed", kept, report.refused or NO_ROWS)
    elif report.dry_run:
        job.finish("checked", kept, samples=samples_of(report))
    else:
        job.finish("done", kept)


def show_to_staff(paths: Sequence[Path], report: Report) -> None:
    """Show staff an import made on the command line, so that they can take it back.

    To be passed to import_billing as `on_done`.
    """
    with db.atomic():
        job = ImportJob.create(
            staff="",
            name=", ".join(path.name for path in paths)[-255:],
            size=sum(path.stat().st_size for path in paths),
            state="done",
            report=as_dict(report),
            finished_at=now(),
        )
        mine = (ImportBatch.id == report.batch) | (ImportBatch.part_of == report.batch)
        ImportBatch.update(job=job.id).where(mine).execute()


def _stop(stop: threading.Event, pulse: threading.Thread) -> None:
    stop.set()
    pulse.join()


def _keep_alive(job: ImportJob, told: dict[str, int], stop: threading.Event) -> None:
    """Record the progress every TELL_EVERY seconds; retries if the database is busy."""
    while not stop.wait(TELL_EVERY):
        try:
            with connected():
                job.report_progress(told["bytes"])
        except Exception as error:
            log.warning("import %s: progress not written: %s", job.id, type(error).__name__)
            time.sleep(TELL_EVERY)
