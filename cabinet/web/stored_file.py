"""Delivers a stored file to keep: never shown by the browser in place, never run, never cached."""

from flask import Response, abort, send_file

from cabinet.receipts import store

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


def guarded(answer: Response) -> Response:
    """The answer as one that nothing runs in, no page frames and no cache keeps."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return answer
