"""The cabinet in somebody else's page: shown, as wide as the frame and no wider."""

from tests.browser.expect import expect
from tests.browser.screens import Embedded


def test_first_screen_fits_the_frame(embedded: Embedded) -> None:
    expect(embedded.frame.locator("h1")).to_be_visible()
    sizes = embedded.frame.locator("html").evaluate("e => [e.scrollWidth, e.clientWidth]")
    assert sizes[0] <= sizes[1], "it scrolls sideways"
