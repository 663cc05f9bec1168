"""HEIC photos: of any mode, of iPhones, and those that are decoded tile by tile since they are too large."""

import struct

import pillow_heif
import pytest
from PIL import Image, ImageChops

from cabinet.receipts import heif, heif_tiles
from cabinet.receipts.errors import RefusedFileError
from tests.receipts import paper
from tests.receipts.test_codes import accounts, refusal


@pytest.fixture(autouse=True)
def writes_heif() -> None:
    """Pillow saves HEIC."""
    pillow_heif.register_heif_opener()


def enlarged(width: int, height: int) -> Image.Image:
    """A sheet with a code, of so many pixels."""
    page = paper.sheet(paper.payload()).convert("RGB")
    return page.resize((width, height), Image.Resampling.NEAREST)


@pytest.mark.sample(2)
@pytest.mark.parametrize("mode", ["RGBA", "LA", "L", "RGB"])
def test_heic_of_any_mode_is_read(mode: str) -> None:
    page = paper.sheet(paper.payload()).convert(mode)
    if "A" in mode:
        page.putalpha(page.getchannel(0).point(lambda shade: 255 - shade))  # all that is white is transparent
    assert accounts(paper.saved(page, "HEIF")) == ["1234567890"]


@pytest.mark.sample(2)
@pytest.mark.parametrize("turned", [1, 3, 6, 8])
def test_tile_by_tile_it_is_the_same_picture(turned: int, monkeypatch: pytest.MonkeyPatch) -> None:
    exif = Image.Exif()
    exif[0x0112] = turned
    data = paper.saved(enlarged(620, 460), "HEIF", tile_size=256, exif=exif)
    whole = heif.grey(heif_tiles.upright(data)).reduce(2)
    monkeypatch.setattr(heif, "MOST_PIXELS", 620 * 460 - 1)
    by_tiles = heif.grey(data)
    assert by_tiles.size == whole.size == (310, 230)
    shades = ImageChops.difference(by_tiles, whole).histogram()
    assert not any(shades[8:]), "each tile is in its place"


def test_what_is_too_large_and_has_no_tiles_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heif, "MOST_PIXELS", 620 * 460 - 1)
    with pytest.raises(RefusedFileError, match="too_many_pixels"):
        heif.grey(paper.saved(enlarged(620, 460), "HEIF"))


def test_what_has_too_many_pixels_even_in_tiles_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heif, "MOST_PIXELS", 1000)
    monkeypatch.setattr(heif, "MOST_PIXELS_OF_TILES", 620 * 460 - 1)
    with pytest.raises(RefusedFileError, match="too_many_pixels"):
        heif.grey(paper.saved(enlarged(620, 460), "HEIF", tile_size=256))


@pytest.mark.sample(2)
@pytest.mark.parametrize("box", [b"pitm", b"iref", b"dimg", b"iinf", b"meta"])
def test_a_photo_whose_tiles_are_not_told_is_broken(box: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heif, "MOST_PIXELS", 1000)
    data = paper.saved(enlarged(620, 460), "HEIF", tile_size=256)
    with pytest.raises((LookupError, ValueError, SyntaxError, RuntimeError, EOFError, OSError)):
        heif.grey(data.replace(box, b"free", 1))


@pytest.mark.slow
@pytest.mark.parametrize(("size", "options"), [((4284, 5712), {}), ((6048, 8064), {"tile_size": 512})])
def test_photos_of_an_iphone_are_read(size: tuple[int, int], options: dict[str, int]) -> None:
    """HEIC of 24 and of 48 megapixels, within the limits of the process."""
    assert accounts(paper.saved(enlarged(*size), "HEIF", quality=30, **options)) == ["1234567890"]


@pytest.mark.slow
def test_a_heic_that_says_to_be_too_large_is_refused() -> None:
    data = paper.saved(enlarged(4284, 5712), "HEIF", quality=30)
    size = struct.pack(">II", 4284, 5712)
    assert data.count(size) == 1
    assert refusal(data.replace(size, struct.pack(">II", 6048, 8064))) == "too_many_pixels"
