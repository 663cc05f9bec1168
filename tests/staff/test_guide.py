"""The staff's guide: on their pages, about what these really say, with pictures that are there."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from PIL import Image

from cabinet.staff import guide
from cabinet.wording import catalogues
from config import ROOT
from tests.visitor import Visitor

CHAPTERS = ROOT / "cabinet" / "templates" / "staff" / "guide"
PICTURES = ROOT / "cabinet" / "static" / "guide"
MOST_BYTES = 700_000  # of all pictures
OF_THE_GUIDE = "cabinet/templates/staff/guide"
LETTERS = {"Е", "ё"}  # quoted as such
# quotation marks of a language, and the texts of its catalogue
QUOTED: dict[str, tuple[str, Callable[[Message], object]]] = {
    "ru": ("«([^«»]+)»", lambda message: message.id),
    "en": ("“([^“”]+)”", lambda message: message.string),
}


def _is_said_elsewhere(message: Message) -> bool:
    return any(not name.startswith(OF_THE_GUIDE) for name, _line in message.locations)


def _names(catalogue: Catalog, text_of: Callable[[Message], object]) -> "re.Pattern[str]":
    """What pages call buttons, fields and lists; the format of an export stands for any."""
    said = {str(text_of(m)) for m in catalogue if m.id and isinstance(m.id, str) and _is_said_elsewhere(m)}
    return re.compile("|".join(re.escape(text).replace(r"%\(kind\)s", "(CSV|XLSX)") for text in said))


@pytest.mark.parametrize("language", QUOTED)
def test_what_the_guide_quotes_is_written_on_a_page(language: str) -> None:
    marks, text_of = QUOTED[language]
    catalogue = catalogues.read("en")
    names = _names(catalogue, text_of)
    texts = [str(text_of(m)) for m in catalogue if m.id and not _is_said_elsewhere(m)]
    quoted = {name for text in texts for name in re.findall(marks, text)} - LETTERS
    assert len(quoted) > 80, "the guide names what to press"
    assert not {name for name in quoted if not names.fullmatch(name)}


def test_every_chapter_has_its_place() -> None:
    assert sorted(path.stem for path in CHAPTERS.iterdir()) == sorted(guide.CHAPTERS)


def _used() -> list[str]:
    texts = (path.read_text(encoding="utf-8") for path in CHAPTERS.iterdir())
    return sorted(name for text in texts for name in re.findall(r'guide\.picture\("(\w+)"', text))


def test_every_picture_is_there_and_used_once() -> None:
    files = sorted(PICTURES.iterdir())
    assert [path.name for path in files] == [f"{name}.png" for name in _used()]
    assert sum(path.stat().st_size for path in files) <= MOST_BYTES


@pytest.mark.parametrize("name", _used())
def test_a_page_leaves_the_room_that_a_picture_takes(name: str) -> None:
    with Image.open(PICTURES / f"{name}.png") as png:
        assert (guide.picture(name).width, guide.picture(name).height) == png.size
    assert Path(guide.picture(name).file).name == f"{name}.png"


def test_the_foot_of_every_page_leads_to_the_guide(desk: Visitor) -> None:
    desk.get("/staff/day")
    desk.follow("Справка")
    assert desk.path == "/staff/guide"
    headings = [" ".join(heading.get_text().split()) for heading in desk.page.select(".guide h2")]
    assert headings == [str(title) for title in guide.CHAPTERS.values()]
    for link in desk.page.select("nav[aria-label='Содержание'] a"):
        assert desk.page.select(str(link["href"])), link


def test_pictures_come_when_they_are_scrolled_to_and_say_what_they_show(desk: Visitor) -> None:
    desk.get("/staff/guide")
    pictures = desk.page.select(".guide img")
    assert len(pictures) == len(_used())
    for picture in pictures:
        assert picture["loading"] == "lazy" and picture["alt"] and picture["width"] and picture["height"]
        assert desk.client.get(str(picture["src"])).mimetype == "image/png"


def test_only_staff_read_it(visitor: Visitor) -> None:
    visitor.get("/staff/guide")
    assert visitor.path == "/staff/sign-in"
    assert "Справка" not in visitor.text
