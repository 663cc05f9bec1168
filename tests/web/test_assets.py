"""Static files: hashed, compressed, cached for a year; the brand's colours readable."""

import gzip
import re
from pathlib import Path

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from cabinet.web import assets
from cabinet.wording import brand
from config import Settings
from tests.properties import UNTIMED

ACCENT = "#1f5fd6"
colours = st.from_regex("#[0-9a-f]{6}", fullmatch=True)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    (folder / "img").mkdir(parents=True)
    (folder / "img" / "eye.svg").write_text("<svg/>")
    (folder / "photo.png").write_bytes(b"\x89PNG")
    (folder / "app.css").write_text("a { background: url(img/eye.svg) } b { background: url('data:x') }")
    return folder


@pytest.fixture
def client(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setattr(assets, "SOURCE", source)
    monkeypatch.setattr(assets, "BUILT", tmp_path / "built")
    app = Flask(__name__, static_folder=None)
    monkeypatch.setattr(assets, "settings", lambda: Settings(testing=True))
    assets.init_app(app)
    app.add_url_rule("/address/<path:name>", view_func=assets.asset, endpoint="address")
    return app.test_client()


def test_names_follow_content(source: Path, tmp_path: Path) -> None:
    first = assets.build(source, tmp_path / "built", ACCENT)
    assert re.fullmatch(r"app\.[0-9a-f]{10}\.css", first["app.css"])
    assert (tmp_path / "built" / first["app.css"]).read_text() == (
        f"a {{ background: url(\"{first['img/eye.svg']}\") }} b {{ background: url('data:x') }}"
        + brand.stylesheet(ACCENT)
    )
    (source / "img" / "eye.svg").write_text("<svg></svg>")
    second = assets.build(source, tmp_path / "built", ACCENT)
    assert second["img/eye.svg"] != first["img/eye.svg"]
    assert second["app.css"] != first["app.css"], "a sheet changes with what it names"
    assert second["photo.png"] == first["photo.png"]
    assert (tmp_path / "built" / first["app.css"]).exists(), "pages open now still ask for it"


def test_compressed_twins_hold_the_same(source: Path, tmp_path: Path) -> None:
    built = tmp_path / "built"
    name = assets.build(source, built, ACCENT)["app.css"]
    plain = (built / name).read_bytes()
    assert brotli.decompress((built / f"{name}.br").read_bytes()) == plain
    assert gzip.decompress((built / f"{name}.gz").read_bytes()) == plain
    assert not list(built.glob("photo*.gz"))


def test_nothing_is_built_twice(source: Path, tmp_path: Path) -> None:
    built = tmp_path / "built"
    names = assets.build(source, built, ACCENT)
    sheet = built / names["app.css"]
    before = sheet.stat().st_mtime_ns
    assert assets.build(source, built, ACCENT) == names
    assert sheet.stat().st_mtime_ns == before
    sheet.unlink()
    assert assets.build(source, built, ACCENT) == names and sheet.exists(), "what got lost is made again"
    assert assets.build(source, built, "#b00020")["app.css"] != names["app.css"]


def test_served_for_a_year(client: FlaskClient) -> None:
    address = client.get("/address/app.css").text
    answer = client.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert answer.status_code == 200
    assert answer.headers["Content-Encoding"] == "br"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"] == 'text/css; charset="utf-8"'
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert client.get("/static/app.css").status_code == 404, "only hashed names exist"
    assert client.get("/static/../config.py").status_code == 404


def test_what_another_process_writes_meanwhile_keeps_nobody_from_starting(
    source: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    assets.build(source, tmp_path / "built", ACCENT)
    (tmp_path / "built" / ".app.css.1a2b3c4d").symlink_to("gone")  # listed, and renamed before one looks
    (tmp_path / "built" / ".app.css.5e6f7a8b").write_text("half")
    client: FlaskClient = request.getfixturevalue("client")
    assert client.get(client.get("/address/app.css").text).status_code == 200
    assert client.get("/static/.app.css.5e6f7a8b").status_code == 404


@UNTIMED
@given(accent=colours)
def test_every_accent_reads(accent: str) -> None:
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", line))
        for line in brand.stylesheet(accent).split("\n")[:2]
    )
    assert light["accent"] == accent, "the brand's own colour is kept where it can be"
    for theme, ground in ((light, brand.LIGHT_GROUND), (dark, brand.DARK_GROUND)):
        colour = {name: brand.parse(value) for name, value in theme.items()}
        assert brand.contrast(colour["accent"], colour["on-accent"]) >= 4.5
        assert brand.contrast(colour["accent-hover"], colour["on-accent"]) >= 4.5
        assert brand.contrast(colour["accent-text"], brand.parse(ground)) >= 4.5


def test_contrast_by_the_standards_examples() -> None:
    assert brand.contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert brand.contrast(brand.parse("#767676"), (255, 255, 255)) == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("text", ["", "blue", "#fff", "#12345g", "#1f5fd6;}", "1f5fd6"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="BRAND_ACCENT"):
        brand.stylesheet(text)
