"""Reads the code of a receipt from a photo or a PDF, in a limited process; keeps nothing of it."""

from cabinet.receipts import limited
from cabinet.receipts.errors import RefusedFileError
from cabinet.receipts.payload import Slip, parse
from cabinet.receipts.validation import HEIF_BRANDS

MOST_BYTES = 20 * 1024 * 1024
SECONDS, MEMORY = 5, 200 * 1024 * 1024  # of CPU; bytes of addresses
_BEGINNINGS = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


def read(data: bytes) -> list[Slip]:
    """What the codes of receipts in the file say, in the order they were found.

    Raises RefusedFileError, whose code is empty, too_large, unknown, no_code (none was found), other_code
    (only codes that are not of a receipt), too_many_pixels, pdf_encrypted, or one of `limited.work`.
    """
    if not data:
        raise RefusedFileError("empty")
    if len(data) > MOST_BYTES:
        raise RefusedFileError("too_large")
    if not _is_known(data):
        raise RefusedFileError("unknown")
    lines = limited.work("cabinet.receipts.find_codes", data, SECONDS, MEMORY)
    found = [bytes.fromhex(line) for line in lines.decode().split()]
    if not found:
        raise RefusedFileError("no_code")
    slips = [slip for slip in map(parse, dict.fromkeys(found)) if slip]
    if not slips:
        raise RefusedFileError("other_code")
    return slips


def _is_known(data: bytes) -> bool:
    heif = data[4:8] == b"ftyp" and data[8:12] in HEIF_BRANDS
    webp = data.startswith(b"RIFF") and data[8:12] == b"WEBP"
    return heif or webp or data.startswith(_BEGINNINGS)
