"""Runs the imports that staff ordered; the worker looks for them."""

import logging
import threading
import time
from pathlib import Path
from typing import Any

from cabinet.billing.importer import Report, import_billing
from cabinet.billing.reader import UnreadableFileError
from cabinet.delivery.connection import connected
from cabinet.models.importjob import ImportJob
from config import ROOT

log = logging.getLogger(__name__)

FOLDER = ROOT / "var" / "imports"  # one disk for web server and worker
SHOWN_REJECTS = 100
TELL_EVERY = 2.0  # seconds between signs of life


def path_of(job: ImportJob) -> Path:
    """Where the uploaded file is."""
    return FOLDER / f"{job.id}.csv"


def run_next() -> bool:
    """Do one job that waits; False when there is none. Whatever goes wrong is written on the job."""
    with connected():
        job = ImportJob.claim_next()
        if job is None:
            return False
        dry, told, stop = job.state == "checking", {"bytes": 0}, threading.Event()
        pulse = threading.Thread(target=_keep_alive, args=(job, told, stop), daemon=True)
        pulse.start()
        try:
            report = import_billing(path_of(job), dry, progress=lambda done: told.update(bytes=done))
        except (UnreadableFileError, OSError) as error:
            _stop(stop, pulse)
            text = str(error) if isinstance(error, UnreadableFileError) else "file is gone"
            job.finish("failed", {}, text)
        except Exception as error:
            _stop(stop, pulse)
            log.error("import %s: %s", job.id, type(error).__name__)
            job.finish("failed", {}, type(error).__name__)
        else:
            _stop(stop, pulse)
            good = "checked" if dry else "done"
            job.finish("failed" if report.nothing else good, as_dict(report), report.refused)
        finally:
            _stop(stop, pulse)
        if ImportJob.get_by_id(job.id).state in ("done", "failed"):
            path_of(job).unlink(missing_ok=True)
        return True


def as_dict(report: Report) -> dict[str, Any]:
    """What the pages show of a report."""
    return {
        "accepted": report.accepted,
        "rejected": report.rejected,
        "repeated": report.repeated,
        "rejects": [[r.line, r.account, r.reason] for r in report.rejects[:SHOWN_REJECTS]],
        "periods": [
            {
                "period": p.period.isoformat(),
                "new_accounts": p.new_accounts,
                "changed_accounts": p.changed_accounts,
                "new_charges": p.new_charges,
                "changed_charges": p.changed_charges,
                "unchanged_charges": p.unchanged_charges,
            }
            for p in report.periods
        ],
    }


def _stop(stop: threading.Event, pulse: threading.Thread) -> None:
    stop.set()
    pulse.join()


def _keep_alive(job: ImportJob, told: dict[str, int], stop: threading.Event) -> None:
    """Write the progress now and then; a busy database is tried again."""
    while not stop.wait(TELL_EVERY):
        try:
            with connected():
                job.tell(told["bytes"])
        except Exception as error:
            log.warning("import %s: progress not written: %s", job.id, type(error).__name__)
            time.sleep(TELL_EVERY)
