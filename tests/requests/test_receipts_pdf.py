"""Receipts as PDF: drawn anew by a process that may do little, or refused."""

import pypdfium2
import pytest
from PIL import Image

from cabinet.receipts import draw_pdf, limited, pdf, validation
from tests.requests import files
from tests.requests.receipts import refusal
from tests.requests.test_receipts import pixel

SCRIPT = b"<< /S /JavaScript /JS (app.alert(1)) >>"

OBJECTS = b"/Type /ObjStm /N 1 /First 4 "

FLATE = b"/Filter /FlateDecode"


def drawn(data: bytes) -> list[Image.Image]:
    """The pages of what becomes of a PDF."""
    kept = validation.validate(data)
    assert kept.media_type == "application/pdf" and kept.data.startswith(b"%PDF-")
    pdf.check(kept.data)
    with pypdfium2.PdfDocument(kept.data) as document:
        return [page.render(scale=1).to_pil().convert("RGB") for page in document]


def test_a_pdf_is_drawn_anew() -> None:
    """What is seen stays; the words, the links and the history of the file do not."""
    link = b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://evil.example) >> >>"
    page = files.pdf(
        files.packed(b"1 0 0 rg 0 0 100 200 re f"),
        link,
        page=b"/MediaBox [0 0 200 200] /Contents 4 0 R /Annots [5 0 R]",
    )
    kept = validation.validate(page).data
    assert b"evil" not in kept and b"/URI" not in kept and b"/Annot" not in kept
    [picture] = drawn(page)
    assert abs(picture.width - 200) <= 2 and abs(picture.height - 200) <= 2
    red, white = pixel(picture, (50, 100)), pixel(picture, (150, 100))
    assert red[0] > 200 > 60 > red[1] and min(white) > 240
    for harmless in (
        files.pdf(files.packed(b"BT (Launch of the JavaScript club) Tj ET"), files.stream(b"raw")),
        files.pdf(files.packed(b"7 0 << /Type /Font >>", OBJECTS + FLATE)),
    ):
        assert len(drawn(harmless)) == 1


def test_a_receipt_of_two_pages_and_a_book() -> None:
    assert len(drawn(files.paper(2))) == 2
    assert len(drawn(files.paper(draw_pdf.MOST_PAGES))) == draw_pdf.MOST_PAGES
    assert refusal(files.paper(draw_pdf.MOST_PAGES + 1)) == "too_many_pages"


def test_a_pdf_as_large_as_a_field_is_drawn_small() -> None:
    kept = validation.validate(files.pdf(page=b"/MediaBox [0 0 14400 14400]")).data
    with pypdfium2.PdfDocument(kept) as document:
        [picture] = document[0].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])
        width, height = picture.get_px_size()
    assert width * height <= draw_pdf.MOST_PIXELS * 1.01


def test_a_pdf_that_keeps_the_renderer_busy_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "DRAWING", 0.01)
    assert refusal(files.pdf()) == "busy"


def test_a_pdf_that_cannot_be_drawn_is_refused() -> None:
    assert refusal(b"%PDF-1.5\nnothing of a PDF\n%%EOF\n") == "broken"


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (files.pdf(SCRIPT), "pdf_active"),
        (files.pdf(b"<< /S /J#61vaScript /JS (x) >>"), "pdf_active"),
        (files.pdf(b"<< /S /#4a#41#56aScript >>"), None),
        (files.pdf(b"<< /S /#4A#61#76#61#53#63#72#69#70#74 >>"), "pdf_active"),
        (files.pdf(b"<< /S /Launch /F (cmd.exe) >>"), "pdf_active"),
        (files.pdf(b"<< /Names << /EmbeddedFiles 9 0 R >> >>"), "pdf_active"),
        (files.pdf(b"<< /Type /EmbeddedFile >>"), "pdf_active"),
        (files.pdf(b"<< /Subtype /RichMedia >>"), "pdf_active"),
        (files.pdf(b"<< /AcroForm << /XFA 9 0 R >> >>"), "pdf_active"),
        (files.pdf(b"<< /S /SubmitForm >>"), "pdf_active"),
        (files.pdf(files.packed(b"7 0 " + SCRIPT, OBJECTS + FLATE)), "pdf_active"),
        (files.pdf(files.packed(b" " * 300_000 + SCRIPT, OBJECTS + FLATE)), "pdf_active"),
        (files.pdf(files.packed(SCRIPT, FLATE)), "pdf_active"),
        (files.pdf(trailer=b"/Encrypt 9 0 R"), "pdf_encrypted"),
        (files.pdf(trailer=b"/#45ncrypt 9 0 R"), "pdf_encrypted"),
        (files.pdf(files.stream(b"3c3c>", OBJECTS + b"/Filter /ASCIIHexDecode")), "suspicious"),
        (files.pdf(files.packed(b"x", OBJECTS + b"/Filter [/ASCIIHexDecode /FlateDecode]")), "suspicious"),
        (files.pdf(files.packed(b"x", OBJECTS + FLATE + b" /DecodeParms << /Predictor 12 >>")), "suspicious"),
        (files.pdf(files.packed(b"x", OBJECTS + b"/Filter 9 0 R")), "suspicious"),
        (files.pdf(files.stream(b"not packed", OBJECTS + FLATE)), "suspicious"),
        (files.pdf()[:-8], "broken"),
        (b"%PDF-1.5\n" + bytes(5000), "broken"),
    ],
)
def test_a_pdf_that_does_anything_is_refused(data: bytes, code: str | None) -> None:
    if code is None:
        assert len(drawn(data)) == 1, "names are told apart by their letters' case"
    else:
        assert refusal(data) == code


@pytest.mark.slow
def test_a_pdf_bomb_is_refused() -> None:
    bomb = files.packed(bytes(60 * 1024 * 1024))
    assert refusal(files.pdf(bomb, bomb)) == "suspicious"
    assert refusal(files.pdf(b"stream " * 20_001)) == "suspicious"
