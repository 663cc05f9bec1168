"""`make guide`: go through every scenario on the running system and write both guides' pictures and texts.

`make guide ONLY=staff` takes those of the staff's guide alone.
"""

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from config import ROOT
from tests.browser.site import chromium_path, launched, running
from tools.guide import camera, staff, text, tour
from tools.guide.journeys import all_scenarios
from tools.guide.window import Window, windows

FOLDER = ROOT / "docs" / "guide"
TEXTS = FOLDER / "texts.json"


def main(only: str) -> None:
    """Exit code 0 when all pictures were taken."""
    path = chromium_path()
    if path is None:
        sys.exit("No browser: install chromium")
    if only != "staff":
        of_residents(path)
    of_staff(path)


def of_staff(path: str) -> None:
    """The pictures on the pages of the staff, from a system that nobody has used yet."""
    staff.FOLDER.mkdir(exist_ok=True)

    def show(window: Window, slug: str, _texts: Sequence[str]) -> None:
        camera.view(window.page, staff.FOLDER / f"{slug}.png")
        print(slug, flush=True)

    with (
        tempfile.TemporaryDirectory() as folder,
        launched(path) as browser,
        running(Path(folder)) as site,
        windows(browser, site, show, staff.SIZE, scale=1) as new_window,
    ):
        staff.all_tasks(new_window, site)


def of_residents(path: str) -> None:
    """The residents' guide, and the tour."""
    FOLDER.mkdir(exist_ok=True)
    taken: dict[str, list[str]] = {}

    def show(window: Window, slug: str, texts: Sequence[str]) -> None:
        camera.window(window.page, FOLDER / f"{slug}.png")
        taken[slug] = list(texts)
        print(slug, flush=True)

    with (
        tempfile.TemporaryDirectory() as folder,
        launched(path) as browser,
        running(Path(folder)) as site,
        windows(browser, site, show) as new_window,
    ):
        all_scenarios(new_window, site, Path(folder))
        tour.take_all(browser, site, FOLDER)
    lacking = [slug for slug in text.SLUGS if slug not in taken]
    if lacking:
        sys.exit(f"Not taken: {', '.join(lacking)}")
    ordered = {slug: taken[slug] for slug in text.SLUGS}
    TEXTS.write_text(json.dumps(ordered, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (ROOT / "docs" / "tour.md").write_text(tour.document(), encoding="utf-8")
    (FOLDER / "README.md").write_text(text.guide(), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:2] or ("",))
