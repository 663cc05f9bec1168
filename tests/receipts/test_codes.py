"""Codes in photos and PDFs: found, or refused by a word, within the limits of a process."""

from collections.abc import Callable

import pillow_heif
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from cabinet.receipts import codes, limited
from cabinet.receipts.errors import RefusedFileError
from tests.receipts import paper
from tests.requests import files


def refusal(data: bytes) -> str:
    with pytest.raises(RefusedFileError) as caught:
        codes.read(data)
    return caught.value.code


def accounts(data: bytes) -> list[str]:
    return [slip.account for slip in codes.read(data)]


@pytest.mark.sample(3)
@pytest.mark.parametrize("symbol", [zxingcpp.QRCode, zxingcpp.DataMatrix, zxingcpp.Aztec])
@pytest.mark.parametrize("encoding", ["cp1251", "utf-8", "koi8-r"])
def test_every_symbol_in_every_encoding(symbol: zxingcpp.BarcodeFormat, encoding: str) -> None:
    page = paper.sheet(paper.payload("80РС558347", encoding=encoding), symbol=symbol)
    assert accounts(paper.saved(page)) == ["80РС558347"]


def test_every_kind_of_file() -> None:
    pillow_heif.register_heif_opener()
    page = paper.sheet(paper.payload())
    for kind in ("JPEG", "PNG", "WEBP", "HEIF", "PDF"):
        assert accounts(paper.saved(page, kind)) == ["1234567890"], kind
    for mode in ("RGBA", "P", "1", "RGB", "LA"):
        assert accounts(paper.saved(page.convert(mode), "PNG")) == ["1234567890"], mode


def test_the_third_page_of_a_pdf_is_looked_at_and_the_fourth_is_not() -> None:
    blank, page = Image.new("L", (600, 800), 255), paper.sheet(paper.payload())
    for number, found in ((2, True), (3, False)):
        pages = [blank] * number + [page]
        data = paper.saved(pages[0], "PDF", save_all=True, append_images=pages[1:])
        assert accounts(data) if found else refusal(data) == "no_code"


def test_a_photo_that_is_not_a_good_one() -> None:
    page = paper.sheet(paper.payload()).rotate(17, expand=True, fillcolor=120)
    dull = page.filter(ImageFilter.GaussianBlur(1.2)).point(lambda v: 60 + v // 3)
    assert accounts(paper.saved(dull, quality=50)) == ["1234567890"]


def test_two_codes_are_both_read() -> None:
    both = paper.photo(paper.payload("1"), b"https://qr.nspk.ru/AS100", paper.payload("2"))
    assert sorted(accounts(both)) == ["1", "2"]


UNREADABLE: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "empty"),
    "too large": (lambda: files.image() + bytes(codes.MOST_BYTES), "too_large"),
    "a program": (lambda: b"MZ\x90\0" + bytes(200), "unknown"),
    "a drawing": (lambda: b"<svg/>", "unknown"),
    "an archive": (lambda: files.archive(), "unknown"),
    "a film": (lambda: b"\0\0\0\x1cftypisom" + bytes(100), "unknown"),
    "a picture": (lambda: files.image(), "no_code"),
    "a picture and an archive": (lambda: files.image() + files.archive(), "no_code"),
    "a PDF": (lambda: files.pdf(), "no_code"),
    "another code": (lambda: paper.photo(b"https://qr.nspk.ru/AS100"), "other_code"),
    "half a picture": (lambda: files.image()[:200], "broken"),
    "no HEIC": (lambda: b"\0\0\0\x18ftypheic" + bytes(100), "broken"),
    "no PDF": (lambda: b"%PDF-1.5\n%%EOF", "broken"),
    "a bomb": (lambda: files.png_bomb(20_000, 20_000), "too_many_pixels"),
    "a long picture": (lambda: files.image("WEBP", (16_000, 2_000)), "broken"),
}


@pytest.mark.sample(3)
@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_cannot_be_read_is_refused_by_a_word(kind: str) -> None:
    make, code = UNREADABLE[kind]
    assert refusal(make()) == code


def test_a_hundred_megapixels_are_read_as_a_jpeg() -> None:
    page = paper.sheet(paper.payload()).resize((9000, 11_200), Image.Resampling.NEAREST)
    assert accounts(paper.saved(page)) == ["1234567890"]


def test_the_process_has_little_memory_and_little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[tuple[str, int, int]] = []

    def work(module: str, _data: bytes, cpu: int, memory: int) -> bytes:
        given.append((module, cpu, memory))
        return b"\n"

    monkeypatch.setattr(limited, "work", work)
    assert refusal(paper.photo()) == "no_code"
    assert given == [("cabinet.receipts.find_codes", 5, 200 << 20)]
