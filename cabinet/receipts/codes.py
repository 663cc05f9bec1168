"""Reads the code of a receipt from a photo or a PDF, in a process that has nothing to lose."""

import subprocess
import sys
import threading

from cabinet.receipts import find_codes
from cabinet.receipts.errors import RefusedFileError
from cabinet.receipts.payload import Slip, parse

MOST_BYTES = 20 * 1024 * 1024
AT_ONCE, WAITING = 1, 4  # of a web process: one that decodes takes a core
PATIENCE = 8  # seconds to wait for a turn
SECONDS = 10  # by the clock, twice what it may take of the processor: it gives way to everybody else
_BEGINNINGS = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_REASONS = {find_codes.TOO_MANY_PIXELS: "too_many_pixels", find_codes.LOCKED: "pdf_encrypted"}
_turn = threading.BoundedSemaphore(AT_ONCE)
_queue = threading.BoundedSemaphore(AT_ONCE + WAITING)


def read(data: bytes) -> list[Slip]:
    """What the codes of receipts in the file say, in the order they were found; keeps nothing of it.

    Raises RefusedFileError, whose code is empty, too_large, unknown, too_many_pixels, pdf_encrypted, broken,
    busy, no_code (none was found), or other_code (only codes that are not of a receipt).
    """
    if not data:
        raise RefusedFileError("empty")
    if len(data) > MOST_BYTES:
        raise RefusedFileError("too_large")
    if not _is_known(data):
        raise RefusedFileError("unknown")
    found = _found(data)
    if not found:
        raise RefusedFileError("no_code")
    slips = [slip for slip in map(parse, dict.fromkeys(found)) if slip]
    if not slips:
        raise RefusedFileError("other_code")
    return slips


def _is_known(data: bytes) -> bool:
    heif = data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS
    webp = data.startswith(b"RIFF") and data[8:12] == b"WEBP"
    return heif or webp or data.startswith(_BEGINNINGS)


def _found(data: bytes) -> list[bytes]:
    """The bytes of all codes. Raises RefusedFileError: busy, too_many_pixels, pdf_encrypted, broken."""
    if not _queue.acquire(blocking=False):
        raise RefusedFileError("busy")
    try:
        if not _turn.acquire(timeout=PATIENCE):
            raise RefusedFileError("busy")
        try:
            return _search(data)
        finally:
            _turn.release()
    finally:
        _queue.release()


def _search(data: bytes) -> list[bytes]:
    try:
        search = subprocess.run(  # noqa: S603 - our own script, without a shell
            [sys.executable, "-I", find_codes.__file__],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:  # it has not had its time of the processor yet: the machine is busy
        raise RefusedFileError("busy") from None
    if search.returncode:
        raise RefusedFileError(_REASONS.get(search.returncode, "broken"))
    return [bytes.fromhex(line) for line in search.stdout.decode().split()]
