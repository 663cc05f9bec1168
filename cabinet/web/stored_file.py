"""Delivers a stored file, to keep or as a picture to look at: never run, never cached."""

from pathlib import Path

from flask import Response, abort, send_file

from cabinet.receipts import limited, store
from cabinet.receipts.errors import RefusedFileError
from cabinet.receipts.validation import PDF_SECONDS

ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "application/pdf": ".pdf"}


def stored_path(name: str) -> str:
    """Where the file of this name lies; 404 if it is gone, or the name is not ours."""
    try:
        return str(store.find(name))
    except FileNotFoundError:
        abort(404)


def download(name: str, media_type: str, called: str) -> Response:
    """The stored file of this name as a download called `called`, with the ending of its type."""
    answer = send_file(
        stored_path(name),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=f"{called}{ENDINGS.get(media_type, '')}",
        max_age=None,
        conditional=False,
        etag=False,
    )
    return guarded(answer)


def picture(name: str, media_type: str) -> Response:
    """The stored file of this name as a picture; 404 for what is none, 503 while too many are drawn."""
    path = stored_path(name)
    if media_type == "application/pdf":
        try:
            sheet = limited.work("cabinet.receipts.draw_sheet", Path(path).read_bytes(), PDF_SECONDS)
        except RefusedFileError as error:
            abort(503 if error.code == "busy" else 404)
        return guarded(Response(sheet, mimetype="image/jpeg"))
    if media_type not in ENDINGS:
        abort(404)
    return guarded(send_file(path, mimetype=media_type, max_age=None, conditional=False, etag=False))


def guarded(answer: Response) -> Response:
    """The answer as one that nothing runs in, no page frames and no cache keeps."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return answer
