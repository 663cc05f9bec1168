"""Receipts and files of a request are looked at in its page: as pictures drawn by us, which run nothing."""

import io
from pathlib import Path

import pytest
from PIL import Image

from cabinet.models import Audit
from cabinet.receipts import limited, store
from cabinet.receipts.errors import RefusedFileError
from cabinet.receipts.validation import validate
from config import Settings
from tests.requests import files
from tests.staff.test_half_written import PAGE
from tests.staff.test_requests import asked
from tests.visitor import Visitor

ADDRESS = f"{PAGE}/receipt/picture"


def kept(data: bytes) -> dict[str, str]:
    """What a request has of a receipt that a resident sent."""
    receipt = validate(data)
    name = store.keep(receipt.data)
    store.settle(name)
    return {"receipt": name, "receipt_type": receipt.media_type}


def seen(desk: Visitor, address: str = ADDRESS) -> Image.Image:
    """What the browser shows, which it takes for nothing but a picture."""
    answer = desk.client.get(address)
    assert answer.status_code == 200 and answer.mimetype == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    return Image.open(io.BytesIO(answer.data))


def test_a_photo_is_seen_once_it_is_asked_for(desk: Visitor, settings: Settings) -> None:
    asked(**kept(files.image(size=(400, 300))))
    desk.get(PAGE)
    picture = desk.one("details img")
    assert picture["src"] == ADDRESS and picture["loading"] == "lazy", "only whoever opens it looks"
    assert not Audit.select().where(Audit.action == "staff-receipt-seen").exists()
    assert seen(desk).size == (400, 300)
    assert Audit.get(Audit.action == "staff-receipt-seen").subject == "12345678"


def test_the_pages_of_a_paper_stand_below_one_another(desk: Visitor, settings: Settings) -> None:
    asked(**kept(files.paper(3)))
    width, height = seen(desk).size
    assert width == 1000 and 3 * 1400 < height < 3 * 1450


def test_what_residents_and_staff_wrote_has_its_pictures(desk: Visitor, settings: Settings) -> None:
    asked()
    desk.get(PAGE)
    sent = (io.BytesIO(files.image("PNG", size=(50, 40))), "photo.png")
    desk.press("button[name='state'][value='']", reply="Вот договор", file=sent)
    assert seen(desk, str(desk.one("details img")["src"])).size == (50, 40)
    assert Audit.get(Audit.action == "staff-request-file-seen").subject == "12345678"


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", ""])
def test_what_is_no_picture_of_ours_is_not_shown(desk: Visitor, settings: Settings, kind: str) -> None:
    asked(**{**kept(files.image()), "receipt_type": kind})
    assert desk.client.get(ADDRESS).status_code == 404


def test_a_paper_that_is_none_any_more_is_not_shown(desk: Visitor, settings: Settings) -> None:
    found = kept(files.paper(1))
    Path(store.find(found["receipt"])).write_bytes(b"%PDF")
    asked(**found)
    assert desk.client.get(ADDRESS).status_code == 404


def test_while_many_are_drawn_the_page_says_so(
    desk: Visitor, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_told: object) -> bytes:
        raise RefusedFileError("busy")

    asked(**kept(files.paper(1)))
    monkeypatch.setattr(limited, "work", busy)
    assert desk.client.get(ADDRESS).status_code == 503
