"""The files of imports that staff uploaded, from the page that takes them to the end of their job.

They hold personal data: no other user of the machine may read them, and each is deleted when its job is over.
"""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from cabinet.billing.folder import folder
from cabinet.models.base import file_time, now, settings
from cabinet.models.clock import PREFIX
from cabinet.models.import_job import ImportJob

PATIENCE = 3600  # seconds after which a file without a job is abandoned


class Upload(Protocol):
    """An uploaded file."""

    def save(self, dst: Any) -> None:
        """Write the whole file to `dst`."""


def path_of(job: ImportJob) -> Path:
    """The path of the uploaded file."""
    return folder() / f"{job.id}.csv"


def rejects_of(job: ImportJob) -> Path:
    """The path of the list of rows that its check rejected: line, account, reason."""
    return folder() / f"{job.id}.rejects.csv"


def discard(job: ImportJob) -> None:
    """Delete the files of a job, also those that were unpacked by a process that died."""
    for path in folder().glob(f"{job.id}.*"):
        path.unlink(missing_ok=True)


def keep(job: ImportJob, upload: Upload) -> None:
    """Save the file of a new job and set the job's size."""
    path = path_of(job)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            upload.save(file)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    job.size = path.stat().st_size


def discard_left_over() -> int:
    """Delete the files that no job needs any more; returns how many.

    They are left when a process dies between writing the file and its row, or between the report and the
    deletion, or when nobody imports a checked file.
    """
    gone = 0
    ImportJob.give_up(now() - timedelta(seconds=settings().checked_files_kept))
    oldest = file_time() - PATIENCE
    for entry in [one for one in os.scandir(folder()) if not one.name.startswith(PREFIX)]:
        job = ImportJob.get_or_none(ImportJob.id == entry.name.partition(".")[0])
        if (job is None and entry.stat().st_mtime < oldest) or (job and job.over):
            Path(entry.path).unlink(missing_ok=True)
            gone += 1
    return gone
