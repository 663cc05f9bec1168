"""Whatever the bytes of a file decide is worked on by one limited process at a time, with a short queue."""

import io
import resource
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from PIL import Image

from cabinet.receipts import draw_photo, limited, validation
from cabinet.receipts.errors import RefusedFileError
from tests.requests import files
from tests.requests.receipts import refusal
from tests.waiting import until

SELF, CHILDREN = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN


def seconds(who: int) -> float:
    """CPU used so far."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def scans(number: int, size: tuple[int, int] = (5000, 4999)) -> bytes:
    """A progressive JPEG of the largest size with many scans, each of a few bytes."""
    out = io.BytesIO()
    Image.new("L", size, "white").save(out, "JPEG", progressive=True)
    data = out.getvalue()
    last = data.rindex(draw_photo.SCAN)
    return data[:last] + data[last:-2] * (number - data.count(draw_photo.SCAN) + 1) + b"\xff\xd9"


def shapes(pages: int, number: int) -> bytes:
    """A PDF whose pages are covered by large shapes, one over the other."""
    content = files.packed(
        b"".join(b"%d 0 m 0 200 200 %d 9 200 c f* " % (n % 200, n % 199) for n in range(number))
    )
    kids = b" ".join(b"%d 0 R" % (5 + n) for n in range(pages))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R >>"
    whole = files.pdf(content, *[page] * pages)
    return whole.replace(b"/Kids [3 0 R] /Count 1", b"/Kids [%s] /Count %d" % (kids, pages))


@pytest.mark.parametrize("number", [101, 5000])
def test_a_photo_of_too_many_scans_is_refused_before_it_is_drawn(number: int) -> None:
    data = scans(number)
    assert data.count(draw_photo.SCAN) == number and len(data) < validation.MOST_BYTES
    before = seconds(CHILDREN)
    assert refusal(data) == "suspicious"
    assert seconds(CHILDREN) - before < 0.5


@pytest.mark.parametrize("number", [30, pytest.param(100, marks=pytest.mark.slow)])
def test_a_photo_takes_a_second_of_a_core_or_is_refused(number: int) -> None:
    data = scans(number)
    before, own = seconds(CHILDREN), seconds(SELF)
    with suppress(RefusedFileError):
        validation.validate(data)
    assert seconds(CHILDREN) - before < validation.PHOTO_SECONDS + 0.2
    assert seconds(SELF) - own < 0.3, "nothing is decoded where residents are answered"


@pytest.mark.slow
def test_a_pdf_of_endless_shapes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validation, "PDF_SECONDS", 1)
    data = shapes(10, 60_000)
    before, own = seconds(CHILDREN), seconds(SELF)
    assert refusal(data) == "too_slow"
    assert seconds(CHILDREN) - before < validation.PDF_SECONDS + 0.5
    assert seconds(SELF) - own < 0.5


def test_streams_are_unpacked_in_the_limited_process() -> None:
    data = files.pdf(*[files.packed(bytes(9 * 1024 * 1024)) for _ in range(10)])
    own = seconds(SELF)
    with suppress(RefusedFileError):
        validation.validate(data)
    assert seconds(SELF) - own < 0.3


def test_few_wait_and_the_others_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    free, at_once, most = threading.Event(), [], limited.AT_ONCE + limited.MOST_WAITING
    running = 0

    def held(module: str, data: bytes, cpu: int, memory: int) -> object:
        nonlocal running
        running += 1
        at_once.append(running)
        assert free.wait(30)
        running -= 1
        return run(module, data, cpu, memory)

    run = limited._run
    monkeypatch.setattr(limited, "_run", held)
    with ThreadPoolExecutor(most) as threads:
        waiting = [threads.submit(validation.validate, files.image()) for _ in range(most)]
        until(lambda: running == 1 and limited._queue._value == 0)
        assert refusal(files.image()) == "busy"
        free.set()
        assert all(one.result().media_type == "image/jpeg" for one in waiting)
    assert max(at_once) == limited.AT_ONCE
    assert validation.validate(files.image()).data, "the places are free again"


def test_a_large_photo_is_kept_smaller() -> None:
    kept = validation.validate(files.image(size=(5000, 4000))).data
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.size == (2500, 2000)
