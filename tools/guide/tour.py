"""The best ten screens: in the company's page and on a phone, light and dark."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.browser.site import Site
from tools.guide import camera
from tools.guide.journeys import ACCOUNT, ADDRESS, AMOUNT, LEGACY, NEW_PASSWORD, PASSWORD

PHONE, DESKTOP = (360, 740), (1280, 1180)
IN_COMPANY, ON_PHONE, IN_DARK = "+79161234571", "+79161234572", "+79161234573"


@dataclass(frozen=True)
class Picture:
    """A picture of the tour: file, shown width in pixels, what is to be seen."""

    slug: str
    width: int
    text: str


PICTURES = (
    Picture("tour-company", 860, "In the company's page: one first screen for newcomers and residents."),
    Picture("tour-company-account", 860, "Any receipt of the last three months finds the address."),
    Picture("tour-company-address", 860, "The address found, and a question that needs no explanation."),
    Picture("tour-phone-code", 360, "On a phone: the code from the SMS sends itself when it is complete."),
    Picture("tour-phone-not-found", 360, "Nothing found: what was typed stays, and there are two ways out."),
    Picture(
        "tour-phone-password", 360, "The rules of the password tick off as they are met; the eye shows it."
    ),
    Picture("tour-phone-cabinet", 360, "The cabinet: addresses, the latest charges, “+” for one more."),
    Picture("tour-dark-phone", 360, "Dark where the device is: the first screen."),
    Picture("tour-dark-address", 360, "The address found, dark."),
    Picture("tour-dark-cabinet", 480, "The cabinet on a wide screen, dark."),
)


def document() -> str:
    """docs/tour.md."""
    parts = [
        "# A tour in ten pictures\n",
        "Taken from the running system by `make guide`. The residents' own guide is in Russian: "
        "[docs/guide](guide/README.md).\n",
    ]
    for number, picture in enumerate(PICTURES, 1):
        parts.append(f"## {number}. {picture.text.rstrip('.')}\n")
        parts.append(f'<img src="guide/{picture.slug}.png" width="{picture.width}" alt="{picture.text}">\n')
    return "\n".join(parts)


def take_all(browser: Browser, site: Site, folder: Path) -> None:
    """Take the ten pictures; the scenarios of the guide have been gone through before."""
    with tab(browser, DESKTOP) as page:
        in_company(page, site, folder)
    with tab(browser, PHONE) as page:
        on_phone(page, site, folder)
    with tab(browser, PHONE) as page:
        sign_in(page, site)
        camera.whole(page, folder / "tour-phone-cabinet.png")
    with tab(browser, PHONE, "dark") as page:
        in_dark(page, site, folder)
    with tab(browser, DESKTOP, "dark") as page:
        sign_in(page, site)
        camera.window(page, folder / "tour-dark-cabinet.png")


@contextlib.contextmanager
def tab(
    browser: Browser, size: tuple[int, int], scheme: Literal["light", "dark"] = "light"
) -> Iterator[Page]:
    """A fresh browser of this size and colour scheme."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=2,
        locale="ru-RU",
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


def press(where: Page | FrameLocator, button: str) -> None:
    """Press the button of this name."""
    where.get_by_role("button", name=button, exact=True).click()


def fill_phone(where: Page | FrameLocator, phone: str) -> None:
    """The first screen, filled."""
    where.locator("#phone").fill(phone)
    where.locator("#phone").blur()
    where.locator("#consent").check()


def fill_receipt(where: Page | FrameLocator, amount: str) -> None:
    """Period, account, amount."""
    where.locator("input[name=period]").first.check()
    where.locator("#account").fill(ACCOUNT)
    where.locator("#amount").fill(amount)
    where.locator("#amount").blur()


def in_company(page: Page, site: Site, folder: Path) -> None:
    """The first steps in the frame of the company's page."""
    page.goto(f"{site.url}/demo")
    frame = page.frame_locator("[data-cabinet] iframe")
    fill_phone(frame, IN_COMPANY)
    fit_frame(page)
    camera.view(page, folder / "tour-company.png")
    press(frame, "Далее")
    frame.locator("#code").fill(site.sms_code(IN_COMPANY))
    fill_receipt(frame, AMOUNT)
    fit_frame(page)
    camera.view(page, folder / "tour-company-account.png")
    press(frame, "Далее")
    expect(frame.get_by_text(ADDRESS)).to_be_visible()
    fit_frame(page)
    camera.view(page, folder / "tour-company-address.png")


def fit_frame(page: Page) -> None:
    """Make the frame as high as what is in it, and see the page from its top."""
    frame = page.locator("[data-cabinet] iframe")
    height = (
        page.frame_locator("[data-cabinet] iframe").locator(".shell").evaluate("shell => shell.scrollHeight")
    )
    frame.evaluate("(frame, height) => { frame.style.height = `${height}px`; scrollTo(0, 0); }", height)


def on_phone(page: Page, site: Site, folder: Path) -> None:
    """A registration on a phone, with a mistake."""
    page.goto(site.url)
    fill_phone(page, ON_PHONE)
    press(page, "Далее")
    code = site.sms_code(ON_PHONE)
    page.locator("#code").press_sequentially(code[:4])
    camera.whole(page, folder / "tour-phone-code.png")
    page.locator("#code").press_sequentially(code[4:])
    fill_receipt(page, "4 281,67")
    press(page, "Далее")
    expect(page.get_by_text("Данного абонента нет в системе")).to_be_visible()
    camera.whole(page, folder / "tour-phone-not-found.png")
    fill_receipt(page, AMOUNT)
    press(page, "Проверить ещё раз")
    press(page, "Да")
    names = {"last_name": "Орлова", "first_name": "Мария", "birth_date": "01.02.1990"}
    for name, value in {**names, "email": "maria@example.com"}.items():
        page.locator(f"#{name}").fill(value)
    press(page, "Далее")
    page.locator("#password").fill(PASSWORD)
    press(page, "Показать пароль")
    expect(page.locator(".rule.is-met").first).to_be_visible()
    expect(page.locator(".rule:not(.is-met)")).to_have_count(0)
    camera.whole(page, folder / "tour-phone-password.png")


def in_dark(page: Page, site: Site, folder: Path) -> None:
    """The first screens on a phone that is dark."""
    page.goto(site.url)
    fill_phone(page, IN_DARK)
    camera.whole(page, folder / "tour-dark-phone.png")
    press(page, "Далее")
    page.locator("#code").fill(site.sms_code(IN_DARK))
    fill_receipt(page, AMOUNT)
    press(page, "Далее")
    expect(page.get_by_text(ADDRESS)).to_be_visible()
    camera.whole(page, folder / "tour-dark-address.png")


def sign_in(page: Page, site: Site) -> None:
    """The resident with two addresses signs in."""
    page.goto(site.url)
    page.locator("#phone").fill(LEGACY)
    press(page, "Далее")
    page.locator("#password").fill(NEW_PASSWORD)
    press(page, "Войти в личный кабинет")
    expect(page.get_by_text("Мои адреса")).to_be_visible()
