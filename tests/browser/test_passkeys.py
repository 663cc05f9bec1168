"""A finger instead of the password: in Chromium with a virtual authenticator, in the frame and alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.browser.clerks import add_clerk
from tests.browser.expect import expect
from tests.browser.people import Seeded, letter, passkeys_of_last_week, resident_of
from tests.browser.screens import HOME, Screen, follow, give_password, heading, press, sign_in, to_password
from tests.browser.secure import COMPANY, SAME_SITE, Sites
from tests.browser.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page

OFFER, BY_FINGER = "[data-passkey=offer]", "Войти по отпечатку или лицу"
PHONE_OF_TODAY = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
    "defaultBackupEligibility": True,
    "defaultBackupState": True,
}


class Device:
    """A tab on a device that knows its owner's finger."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.driver: CDPSession = page.context.new_cdp_session(page)
        self.driver.send("WebAuthn.enable")
        added = self.driver.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE_OF_TODAY})
        self.id: str = added["authenticatorId"]

    def touched(self, by_somebody: bool = True, by_the_owner: bool = True) -> None:
        """Whether a finger is on it from now on, and whose."""
        of_this = {"authenticatorId": self.id}
        self.driver.send("WebAuthn.setUserVerified", {**of_this, "isUserVerified": by_the_owner})
        self.driver.send("WebAuthn.setAutomaticPresenceSimulation", {**of_this, "enabled": by_somebody})

    def keys(self) -> int:
        """How many passkeys it has."""
        return len(self.driver.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"])


@pytest.fixture
def device(chromium: Browser) -> Iterator[Device]:
    context = chromium.new_context(
        viewport={"width": 360, "height": 800}, locale="ru-RU", ignore_https_errors=True
    )
    yield Device(context.new_page())
    context.close()


@pytest.fixture(params=["frame", "alone"])
def screen(request: pytest.FixtureRequest, device: Device, site: Site) -> Screen:
    """The cabinet in another site's page, or in a tab of its own."""
    if request.param == "alone":
        device.page.goto(site.url)
        return device.page
    device.page.goto(site.embedding)
    return device.page.frame_locator("iframe[name=cabinet]")


@pytest.mark.walk("frame")
def test_a_finger_instead_of_the_password(
    screen: Screen, device: Device, resident: Seeded, site: Site
) -> None:
    sign_in(screen, resident.phone)
    press(screen, "Включить на этом устройстве")
    expect(screen.get_by_text("Готово. В следующий раз войдёте по отпечатку или лицу.")).to_be_visible()
    heading(screen, HOME)
    assert device.keys() == 1 and letter(site, resident.email, "отпечатку")
    expect(screen.locator(OFFER)).to_be_hidden()

    device.touched(by_somebody=False)
    press(screen, "Выйти")
    to_password(screen, resident.phone)
    device.touched()
    press(screen, BY_FINGER)
    heading(screen, HOME)

    press(screen, "Выйти")  # the first screen suggests the passkey, and the finger is on the device
    heading(screen, HOME)


def test_in_a_frame_of_the_same_site_a_finger_does_as_well(device: Device, sites: Sites) -> None:
    """As docs/embedding.md advises: another subdomain of the company's, embedded by the script."""
    page, resident = device.page, resident_of(sites.site)
    page.goto(sites.page("same-site"))
    screen = page.frame_locator("iframe")
    sign_in(screen, resident.phone)
    frame = page.frames[1]
    assert urlsplit(frame.url).hostname == SAME_SITE and urlsplit(page.url).hostname == COMPANY
    assert any(SAME_SITE in cookie["domain"] for cookie in page.context.cookies()), "the session's own cookie"
    press(screen, "Включить на этом устройстве")
    expect(screen.get_by_text("Готово. В следующий раз войдёте по отпечатку или лицу.")).to_be_visible()
    assert device.keys() == 1

    device.touched(by_somebody=False)
    press(screen, "Выйти")
    to_password(screen, resident.phone)
    device.touched(by_the_owner=False)
    press(screen, BY_FINGER)
    expect(screen.locator("#password")).to_be_visible()
    device.touched()
    press(screen, BY_FINGER)
    heading(screen, HOME)

    passkeys_of_last_week(sites.site)
    follow(screen, "Мои данные")
    follow(screen, "Изменить почту")
    screen.locator("#email").fill("nova@example.org")
    press(screen, "Подтвердить отпечатком или лицом")
    expect(screen.get_by_text("Отправили письмо на nova@example.org")).to_be_visible()


def test_the_finger_of_another_does_not_do(screen: Screen, device: Device, resident: Seeded) -> None:
    sign_in(screen, resident.phone)
    press(screen, "Включить на этом устройстве")
    expect(screen.get_by_text("Готово.")).to_be_visible()
    device.touched(by_the_owner=False)
    press(screen, "Выйти")
    to_password(screen, resident.phone)
    press(screen, BY_FINGER)
    give_password(screen, resident.password)
    heading(screen, HOME)


def test_whoever_declines_is_not_asked_again(screen: Screen, device: Device, resident: Seeded) -> None:
    sign_in(screen, resident.phone)
    press(screen, "Не сейчас")
    expect(screen.locator(OFFER)).to_have_count(0)
    follow(screen, "Мои данные")
    follow(screen, "Назад")
    heading(screen, HOME)
    expect(screen.locator(OFFER)).to_be_hidden()
    follow(screen, "Мои данные")
    follow(screen, "Вход по отпечатку или лицу")
    press(screen, "Добавить это устройство")
    expect(screen.locator(".card__title")).to_have_text("Chrome, Linux")
    follow(screen, "Изменить или убрать")
    press(screen, "Убрать")
    expect(screen.locator(".card__title")).to_have_count(0)


def test_a_finger_confirms_a_change(screen: Screen, device: Device, site: Site, resident: Seeded) -> None:
    sign_in(screen, resident.phone)
    press(screen, "Включить на этом устройстве")
    expect(screen.get_by_text("Готово.")).to_be_visible()
    passkeys_of_last_week(site)  # one that was added just now is no proof
    follow(screen, "Мои данные")
    follow(screen, "Изменить почту")
    screen.locator("#email").fill("nova@example.org")
    device.touched(by_the_owner=False)
    press(screen, "Подтвердить отпечатком или лицом")
    expect(screen.get_by_text("Введите пароль или запросите код")).to_be_visible()
    device.touched()
    press(screen, "Подтвердить отпечатком или лицом")
    expect(screen.get_by_text("Отправили письмо на nova@example.org")).to_be_visible()


def test_a_frame_without_the_right_leads_to_a_tab(device: Device, site: Site, resident: Seeded) -> None:
    device.page.goto(site.embedding)
    device.page.evaluate(
        "() => { const f = document.querySelector('iframe'); f.allow = ''; f.src = f.src + '?' }"
    )
    screen = device.page.frame_locator("iframe[name=cabinet]")
    sign_in(screen, resident.phone)
    follow(screen, "Мои данные")
    follow(screen, "Вход по отпечатку или лицу")
    expect(screen.get_by_role("link", name="Включить в новой вкладке")).to_be_visible()
    expect(screen.get_by_role("button", name="Добавить это устройство")).to_be_hidden()


def test_without_scripts_the_page_says_that_the_browser_cannot(
    chromium: Browser, site: Site, resident: Seeded
) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="ru-RU")
    page = context.new_page()
    page.goto(site.url)
    sign_in(page, resident.phone)
    page.goto(f"{site.url}/home/profile/passkeys")
    expect(page.get_by_text("В этом браузере войти так нельзя")).to_be_visible()
    expect(page.locator("[data-passkey=add]")).to_be_hidden()
    context.close()


def test_a_clerk_signs_in_by_password_and_finger(device: Device, site: Site) -> None:
    page = device.page
    password, totp = add_clerk(site, "fingers@example.org")

    def fill() -> None:
        page.goto(f"{site.url}/staff/sign-in")
        page.locator("#email").fill("fingers@example.org")
        page.locator("#password").fill(password)

    fill()
    page.locator("#code").fill(totp.now())
    press(page, "Войти")
    expect(page.get_by_role("button", name="Выйти")).to_be_visible()
    page.goto(f"{site.url}/staff/me/passkeys")
    page.locator("#proof").fill(password)
    press(page, "Продолжить")
    page.locator("#name").fill("Телефон в кармане")
    press(page, "Добавить ключ")
    expect(page.get_by_text("Готово. В следующий раз войдёте с паролем и этим ключом.")).to_be_visible()
    expect(page.get_by_text("Телефон в кармане")).to_be_visible()
    assert device.keys() == 1
    press(page, "Выйти")
    expect(page.locator("#email")).to_be_visible()

    fill()
    device.touched(by_the_owner=False)
    press(page, "Ключ входа вместо кода")
    expect(page.get_by_text("Ключ не подошёл.")).to_be_visible()
    device.touched()
    press(page, "Ключ входа вместо кода")
    expect(page.get_by_role("button", name="Выйти")).to_be_visible()
    page.goto(f"{site.url}/staff/me/passkeys")
    expect(page.get_by_text("последний вход")).to_be_visible()
