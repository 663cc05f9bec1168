"""What registration costs a practised resident: python bench/registration_effort.py

Somebody who has done it before registers in Chromium on a screen of a phone: once with the receipt typed by
hand, once with a photo of its code. Text is typed key by key, the code of the SMS is taken from above the
keyboard. Printed for each step: the fields to fill in or answer, keys, presses (of fields, buttons, the photo
row and the shutter) and seconds. Seconds are those of the keystroke-level model, and those that browser and
server really took between the last press and the next step; waiting for the SMS itself is left out.
"""

import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from playwright.sync_api import Locator, Page

from tests.browser.people import PASSWORD, new_phone
from tests.browser.site import Site, chromium_path, launched, running

KEY, PRESS, THOUGHT = 0.28, 1.1, 1.35  # seconds: Card, Moran, Newell (1983)
ON_PAPER = 2 * THOUGHT  # finding a fact on the receipt, comparing what was typed
MOST_FIELDS, MOST_KEYS = 9, 60  # with the photo
ACCOUNT, AMOUNT = "7012345678", "4218,67"
PERSON = {"last_name": "Петрова", "first_name": "Анна", "birth_date": "01021960", "email": "anna@example.com"}
SEND = ".button:not(.photo__send)"


@dataclass
class Step:
    """What one step costs. Seconds: of the person, and waited for the machine."""

    name: str
    fields: int = 0
    keys: int = 0
    presses: int = 0
    thoughts: float = 0
    waited: float = 0

    @property
    def seconds(self) -> float:
        """All of it."""
        return self.keys * KEY + self.presses * PRESS + self.thoughts + self.waited


@dataclass
class Resident:
    """Somebody before the page, who counts."""

    page: Page
    steps: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, send: str, then: str) -> Iterator[Step]:
        """One step, sent by pressing `send`, or by itself if that is empty, until `then` can be seen."""
        self.steps.append(Step(name))
        yield self.steps[-1]
        if send:
            self.press(self.page.locator(send).first)
        self.wait(then)

    def wait(self, then: str) -> None:
        """Until the page is there."""
        began = time.monotonic()
        self.page.locator(then).first.wait_for()
        self.steps[-1].waited += time.monotonic() - began

    def press(self, what: Locator) -> None:
        """Tap, or click."""
        self.steps[-1].presses += 1
        what.click()

    def choose(self, css: str) -> None:
        """Tick or choose, unless that is done already."""
        box = self.page.locator(css).first
        if not box.is_checked():
            self.steps[-1].fields += 1
            self.steps[-1].thoughts += THOUGHT
            self.press(box)

    def type(self, name: str, text: str, thought: float = THOUGHT) -> None:
        """Key by key; the field is pressed first unless it has the focus."""
        step, box = self.steps[-1], self.page.locator(f"#{name}")
        if not box.evaluate("box => box === document.activeElement"):
            self.press(box)
        step.fields, step.keys, step.thoughts = (
            step.fields + 1,
            step.keys + len(text),
            step.thoughts + thought,
        )
        box.press_sequentially(text)

    def accept(self, name: str, text: str) -> None:
        """Take what the keyboard offers: one press."""
        step, box = self.steps[-1], self.page.locator(f"#{name}")
        if not box.evaluate("box => box === document.activeElement"):
            self.press(box)
        step.fields, step.presses = step.fields + 1, step.presses + 1
        box.fill(text)

    def photograph(self, picture: bytes) -> None:
        """Press, aim, press the shutter; the file of the receipt is the photo."""
        step, box = self.steps[-1], self.page.locator("#photo")
        step.presses, step.thoughts = step.presses + 2, step.thoughts + ON_PAPER
        box.set_input_files({"name": "photo.png", "mimeType": "image/png", "buffer": picture})
        self.wait(".taken")


def register(resident: Resident, site: Site, picture: bytes | None) -> None:
    """From the first screen into the cabinet; by the photo if there is one."""
    phone = new_phone()
    resident.page.goto(site.url)
    with resident.step("phone", f"form:has(#phone) {SEND}", "#code"):
        resident.type("phone", phone[2:])
        resident.choose("#consent")
    code = site.sms_code(phone)
    with resident.step("code", "", "#account"):
        resident.accept("code", code)
    with resident.step("receipt", f"form:has(#account) {SEND}", "button[value=yes]"):
        if picture:
            resident.photograph(picture)
            resident.steps[-1].thoughts += THOUGHT  # a look at what was filled in
        else:
            resident.choose("input[name=period]")
            resident.type("account", ACCOUNT, ON_PAPER)
            resident.type("amount", AMOUNT, ON_PAPER)
    with resident.step("address", "button[name=answer][value=yes]", "#last_name") as step:
        step.fields, step.thoughts = step.fields + 1, step.thoughts + THOUGHT  # «Да» is an answer, too
    with resident.step("person", f"form:has(#email) {SEND}", "#password"):
        for name, text in PERSON.items():
            resident.type(name, text)
    with resident.step("password", f"form:has(#password) {SEND}", "form[action='/logout']"):
        resident.type("password", PASSWORD)


def report(title: str, steps: list[Step]) -> Step:
    """Print the table; the total."""
    total = Step("total")
    for step in steps:
        for name in ("fields", "keys", "presses", "thoughts", "waited"):
            setattr(total, name, getattr(total, name) + getattr(step, name))
    print(f"{title:18}{'fields':>8}{'keys':>8}{'presses':>9}{'seconds':>9}{'of them waited':>16}")
    for step in (*steps, total):
        counts = f"{step.fields:8}{step.keys:8}{step.presses:9}"
        print(f"  {step.name:16}{counts}{step.seconds:9.1f}{step.waited:16.2f}")
    return total


def main() -> None:
    """Both ways; exit code 1 if a goal is missed."""
    browser_path = chromium_path()
    if browser_path is None:
        sys.exit("needs a Chromium: set CHROMIUM")
    with tempfile.TemporaryDirectory(prefix="cabinet-bench-") as name, running(Path(name)) as site:
        with urllib.request.urlopen(f"{site.url}/demo/receipts/0/png", timeout=60) as answer:
            receipt = answer.read()
        totals = {}
        with launched(browser_path) as browser:
            for title, picture in (("typed by hand", None), ("with the photo", receipt)):
                context = browser.new_context(
                    viewport={"width": 360, "height": 740}, has_touch=True, locale="ru-RU"
                )
                resident = Resident(context.new_page())
                register(resident, site, picture)
                totals[title] = report(title, resident.steps)
                context.close()
    total = totals["with the photo"]
    print(f"with the photo: {total.fields} fields (goal: at most {MOST_FIELDS}), {total.keys} keys "
          f"(at most {MOST_KEYS})")  # fmt: skip
    sys.exit(total.fields > MOST_FIELDS or total.keys > MOST_KEYS)


if __name__ == "__main__":
    main()
