"""A resident's browser window, driven by what it shows."""

import contextlib
from collections.abc import Callable, Iterator, Sequence

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.site import Site
from tests.waiting import until

WIDTH, HEIGHT = 560, 800  # the cabinet's window is 440 wide and shows as a window from 501 on
# what a person can read: visible text, and what stands in visible fields
READABLE = """shell => [
    shell.innerText,
    ...[...shell.querySelectorAll("input:not([type=password], .visually-hidden), textarea")]
        .filter(field => field.checkVisibility()).map(field => field.value),
].join("\\n")"""

Show = Callable[["Window", str, Sequence[str]], None]


class NotShownError(AssertionError):
    """A picture's texts are not on the screen."""


class Window:
    """One browser with the cabinet in it; `show` is called at each screen of the guide."""

    def __init__(self, page: Page, url: str, show: Show) -> None:
        self.page, self.url, self._show = page, url, show

    def open(self) -> None:
        """Load the first page."""
        self.page.goto(self.url)

    def fill(self, **values: str) -> None:
        """Fill fields by their names."""
        for name, value in values.items():
            self.page.locator(f"#{name}").fill(value)
            self.page.locator(f"#{name}").blur()

    def press(self, button: str) -> None:
        """Press the button of this name."""
        self.page.get_by_role("button", name=button, exact=True).click()

    def point_at(self, control: Locator) -> None:
        """Bring the keyboard's focus there, so that its ring shows what to press."""
        for _ in range(40):
            if control.evaluate("control => control === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError("the keyboard does not reach the control")

    def type_code(self, code: str) -> None:
        """Put the code into its field without sending it: a code that is typed in full sends itself."""
        self.page.locator("#code").evaluate("(field, code) => { field.value = code }", code)

    def read(self) -> str:
        """What a person can read, with single spaces."""
        return " ".join(self.page.locator(".shell").evaluate(READABLE).split())

    def wait_for(self, slug: str, texts: Sequence[str]) -> None:
        """Wait until all the texts are readable; raises NotShownError naming the picture."""

        def lacking() -> list[str]:
            shown = self.read()
            return [text for text in texts if text not in shown]

        try:
            until(lambda: not lacking(), page=self.page)
        except AssertionError:
            raise NotShownError(f"{slug}: not on the screen: {'; '.join(lacking())}") from None

    def show(self, slug: str, *texts: str) -> None:
        """This is the picture `slug`, on which these texts are."""
        self.wait_for(slug, texts)
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)
        self._show(self, slug, texts)


def bring_to_top(part: Locator) -> None:
    """Scroll until it stands at the top of the window."""
    part.evaluate("part => part.scrollIntoView({ block: 'start' })")


@contextlib.contextmanager
def windows(
    browser: Browser, site: Site, show: Show, size: tuple[int, int] = (WIDTH, HEIGHT), scale: int = 2
) -> Iterator[Callable[[], Window]]:
    """Gives windows, each of another person's browser, `size` pixels of the page wide and high."""
    contexts: list[BrowserContext] = []

    def new_window() -> Window:
        contexts.append(
            browser.new_context(
                viewport={"width": size[0], "height": size[1]},
                device_scale_factor=scale,
                locale="ru-RU",
                reduced_motion="reduce",
            )
        )
        return Window(contexts[-1].new_page(), site.url, show)

    yield new_window
    for context in contexts:
        context.close()
