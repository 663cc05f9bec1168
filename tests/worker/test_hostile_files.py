"""Billing files that were made to cost much: answered in words, at a bounded cost.

Nothing of them is read by the worker itself.
"""

import io
import re
import resource
import struct
import zipfile
from collections.abc import Callable

import peewee
import pytest

from cabinet.apart.process import MOST_SILENT
from cabinet.billing.errors import BROKEN
from cabinet.billing.jobs import run_next
from cabinet.billing.uploads import path_of
from cabinet.models import ImportJob
from cabinet.worker import jobs_apart
from tests.worker.test_jobs_apart import job_of

SELF, CHILDREN = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
TITLES = b"account;period;amount_due;address\n"
MEGABYTE = 1 << 20
MOST_SECONDS = MOST_SILENT + 20  # of CPU
MEMORY = 200 << 20  # bytes of addresses; a file may take five times as much, at five times the cost


def zip_of(name: str, data: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        made.writestr(name, data)
    return out.getvalue()


def bomb() -> bytes:
    return zip_of("a.csv", bytes(200 * MEGABYTE))


def bomb_of_plausible_text() -> bytes:
    """As small as tables of equal rows are, so that it is unpacked, and read."""
    return zip_of("a.csv", TITLES + b"x" * (15 * MEGABYTE))


def bomb_that_lies() -> bytes:
    """Its directory says that it is small."""
    size = 60 * MEGABYTE
    return zip_of("a.csv", bytes(size)).replace(struct.pack("<I", size), struct.pack("<I", 100))


def nested() -> bytes:
    data = bomb_of_plausible_text()
    for n in range(10):
        data = zip_of(f"{n}.zip", data)
    return data


def of_many() -> bytes:
    """Its directory names the same member over and over."""
    data, many = zip_of("a.csv", b"x"), 60_000
    start, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    size = struct.pack("<HHHHIIH", 0, 0, many, many, (end - start) * many, start, 0)
    return data[:start] + data[start:end] * many + b"PK\x05\x06" + size


def entities() -> bytes:
    """Ten to the ninth times «ха»."""
    named = "".join(f'<!ENTITY x{n} "{f"&x{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<?xml version="1.0"?><!DOCTYPE p [<!ENTITY x0 "ха">{named}]>'
    return f'{head}<platezhki period="2026.10"><item nomerls="&x9;"/></platezhki>'.encode()


def deep() -> bytes:
    return b'<platezhki period="2026.10">' + b"<a>" * 1_000_000


def deep_sheet() -> bytes:
    head = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
    return head + b"<Worksheet><Table><Row>" + b"<Cell>" * 1_000_000


def tables() -> bytes:
    return b"<html><body>" + b"<table>" * 1_000_000


def attributes() -> bytes:
    names = b" ".join(b'a%d=""' % n for n in range(300_000))
    return b'<platezhki period="2026.10"><item nomerls="1" ' + names + b"/></platezhki>"


def a_line() -> bytes:
    return TITLES + b"x" * (150 * MEGABYTE)


def a_quote_never_closed() -> bytes:
    return TITLES + b'1;2026-10;1.00;"' + b"\n2;2026-10;1.00;x" * 30_000


def quotes_never_closed() -> bytes:
    return TITLES + b'1;2026-10;1.00;"x\n' * 20_000


def nothing_but_quotes() -> bytes:
    return TITLES + (b'"' * 500_000 + b"\n")


def columns() -> bytes:
    return TITLES + (b";" * 500_000 + b"\n")


def returns() -> bytes:
    return TITLES + b"\r" * MEGABYTE


def dbf(records: int, width: int, fields: int = 1, length: int = 0) -> bytes:
    head = struct.pack("<B3BIHH20x", 3, 26, 10, 1, records, length or 33 + 32 * fields, 1 + width * fields)
    named = b"".join(b"F%-10d" % n + b"N" + bytes(4) + bytes([width]) + bytes(15) for n in range(fields))
    return head + named.replace(b"F0         ", b"ACCOUNT\0\0\0\0") + b"\r" + b" " * MEGABYTE


def dbf_of_far_more_records() -> bytes:
    return dbf(0xFFFFFFFF, 10)


def dbf_of_twice_the_records() -> bytes:
    return dbf(2 * MEGABYTE // 2, 1)


def dbf_of_longer_records() -> bytes:
    return dbf(1000, 255, length=65535)


def dbf_of_fields() -> bytes:
    return dbf(MEGABYTE // 2000, 1, fields=2000)


HOSTILE = [
    *(bomb, bomb_of_plausible_text, bomb_that_lies, nested, of_many, entities, deep, deep_sheet, tables),
    *(attributes, a_line, a_quote_never_closed, quotes_never_closed, nothing_but_quotes, columns, returns),
    *(dbf_of_far_more_records, dbf_of_twice_the_records, dbf_of_longer_records, dbf_of_fields),
]


def seconds(who: int) -> float:
    """CPU used so far."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


@pytest.mark.sample(6)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("made", HOSTILE, ids=lambda made: made.__name__)
def test_it_is_answered_in_words_and_costs_the_worker_nothing(
    database: peewee.Database, monkeypatch: pytest.MonkeyPatch, made: Callable[[], bytes]
) -> None:
    monkeypatch.setattr(jobs_apart, "MEMORY", MEMORY)
    monkeypatch.setattr(jobs_apart, "MOST_SILENT", MOST_SILENT)
    job = job_of(made())
    spent, own = seconds(CHILDREN), seconds(SELF)
    assert run_next(jobs_apart.run)
    spent, own = seconds(CHILDREN) - spent, seconds(SELF) - own
    assert spent < MOST_SECONDS and own < 0.5, (spent, own)
    job = ImportJob.get_by_id(job.id)
    assert job.state in ("failed", "asking", "checked") and job.error != BROKEN
    assert job.state != "failed" or re.search("[а-я]{3}", job.error)
    kept = [path.name for path in path_of(job).parent.iterdir() if job.id in path.name]
    assert not kept or job.state != "failed", "nothing is left of it"
    assert not any("unpacked" in name for name in kept)
