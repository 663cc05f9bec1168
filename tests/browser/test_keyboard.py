"""By keyboard alone, by what the accessibility tree says, in forced colours, without motion."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.site import Site
from tests.browser.test_cabinet import NEW_PASSWORD, OTHER, PASSWORD, WRONG, Seeded, report, resident
from tests.browser.test_registration import ACCOUNT, ADDRESS, AMOUNT, new_phone

__all__ = ["resident"]  # a fixture

MOST_STOPS = 16  # of Tab to anything on a page
PHONE, CONSENT = "Номер телефона", "Я даю согласие на обработку персональных данных"

# the ring may be drawn by what surrounds the control: a choice, the six boxes of a code
FOCUS = """() => {
    const focused = document.activeElement;
    const clear = colour => /^rgba\\(.*, 0\\)$|\\/ 0\\)$/.test(colour);
    const ringed = element => {
        const { outlineStyle, outlineWidth, outlineColor, boxShadow } = getComputedStyle(element);
        const outlined = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && !clear(outlineColor);
        return outlined || boxShadow !== "none" && / 3px(?!.*inset$)/.test(boxShadow);
    };
    const box = focused.getBoundingClientRect();
    const drawn = [focused, focused.closest(".choice"), focused.closest(".code")?.querySelector("i")];
    return {
        html: focused.outerHTML.slice(0, 120),
        ringed: drawn.filter(Boolean).some(ringed),
        seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight,
    };
}"""
# transparent borders are drawn by no forced colours that an audit may rely on
BORDERLESS = """() => [...document.querySelectorAll(
    ".button, .eye, .input:not(.code .input), .code__boxes i, .choice, input[type=checkbox]")]
    .filter(element => element.checkVisibility()).filter(element => {
        const { borderTopStyle, borderTopWidth, borderTopColor, appearance } = getComputedStyle(element);
        if (element.matches("[type=checkbox]") && appearance === "auto") return false;
        const clear = /^rgba\\(.*, 0\\)$|\\/ 0\\)$/.test(borderTopColor);
        return borderTopStyle === "none" || parseFloat(borderTopWidth) < 1 || clear;
    }).map(element => element.outerHTML.slice(0, 120))"""
MOVING = """() => {
    const long = text => text.split(",").some(part => parseFloat(part) > 0.00001);
    return [...document.querySelectorAll("*")].flatMap(element => ["", "::before", "::after"].filter(part => {
        const style = getComputedStyle(element, part || null);
        const animated = style.animationName !== "none" && long(style.animationDuration);
        return animated || long(style.transitionDuration);
    }).map(part => element.outerHTML.slice(0, 80) + part)).concat(
        document.getAnimations().map(animation => `${animation.animationName} is playing`));
}"""


class Keyboard:
    """Somebody who has only a keyboard, and is told the roles and names of things."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def find(self, role: Any, name: str) -> Locator:
        """The thing of this role and exact name."""
        return self.page.get_by_role(role, name=name, exact=True)

    def to(self, role: Any, name: str) -> Locator:
        """Go there by Tab; at each stop it is seen where one is."""
        wanted = self.find(role, name)
        expect(wanted).to_have_count(1)
        for _ in range(MOST_STOPS):
            if wanted.evaluate("it => it === document.activeElement"):
                return wanted
            self.page.keyboard.press("Tab")
            stop = self.page.evaluate(FOCUS)
            assert stop["ringed"], f"no ring around {stop['html']}"
            assert stop["seen"], f"out of sight: {stop['html']}"
        raise AssertionError(f"Tab does not reach {role} «{name}»")

    def type(self, name: str, text: str) -> Locator:
        """Replace what is in a field."""
        field = self.to("textbox", name)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        return field

    def tick(self, role: Any, name: str) -> None:
        """Tick a box, choose a choice."""
        wanted = self.to(role, name)
        self.page.keyboard.press("Space")
        expect(wanted).to_be_checked()

    def press(self, role: Any, name: str) -> None:
        """Press a button or follow a link."""
        self.to(role, name)
        self.page.keyboard.press("Enter")

    def arrive(self, heading: str) -> None:
        """On the next page its heading is read first, and the window is named after it."""
        title = self.page.get_by_role("heading", level=1, name=heading, exact=True)
        expect(title).to_be_focused()
        expect(self.page.get_by_role("heading", level=1)).to_have_count(1)
        expect(self.page.get_by_role("main")).to_have_count(1)

    def stopped_at(self, role: Any, name: str, error: str) -> None:
        """The focus is on the field that is wrong, which says so and why; it is announced too."""
        field = self.find(role, name)
        expect(self.page.get_by_role("alert")).to_contain_text(error)
        expect(field).to_be_focused()
        self.is_wrong(field, error)
        assert self.page.title().startswith("Ошибка: ")

    def is_wrong(self, field: Locator, error: str) -> None:
        """The field is told to be wrong, and why."""
        described = field.evaluate(
            """field => {
                const told = field.closest("[aria-invalid=true]");
                return (told?.getAttribute("aria-describedby") ?? "").split(" ")
                    .map(id => document.getElementById(id)?.textContent ?? `no #${id}`).join(" ");
            }"""
        )
        assert error in described.replace("\xa0", " "), described

    def receipt(self, period: int, account: str, amount: str) -> None:
        """Period, account, amount."""
        group = self.page.get_by_role("radiogroup", name="Расчётный период", exact=True)
        radios = group.get_by_role("radio")
        chosen = radios.evaluate_all("all => Math.max(0, all.findIndex(radio => radio.checked))")
        self.to("radio", radios.nth(chosen).evaluate("radio => radio.labels[0].textContent.trim()"))
        self.page.keyboard.press("Space")
        for _ in range(abs(period - chosen)):
            self.page.keyboard.press("ArrowDown" if period > chosen else "ArrowUp")
        expect(radios.nth(period)).to_be_checked()
        self.type("Номер лицевого счёта", account)
        self.type("Сумма к оплате, ₽", amount)


def browse(chromium: Browser, site: Site, **how: Any) -> Page:
    """The first screen in a fresh browser."""
    context = chromium.new_context(viewport={"width": 390, "height": 800}, locale="ru-RU", **how)
    page = context.new_page()
    page.goto(site.url)
    return page


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    """The first screen."""
    page = browse(chromium, site, reduced_motion="reduce")
    yield page
    page.context.close()


@pytest.fixture
def keyboard(page: Page) -> Keyboard:
    """The only device."""
    return Keyboard(page)


@pytest.mark.walk
def test_registration_by_keyboard(keyboard: Keyboard, sms_code: Callable[..., str]) -> None:
    phone = new_phone()
    keyboard.press("button", "Далее")
    keyboard.stopped_at("textbox", PHONE, "Введите номер")
    keyboard.type(PHONE, phone)
    keyboard.press("button", "Далее")
    keyboard.stopped_at("checkbox", CONSENT, "Поставьте отметку")
    keyboard.tick("checkbox", CONSENT)
    keyboard.press("button", "Далее")

    keyboard.arrive("Подтвердите номер")
    keyboard.press("button", "Подтвердить номер")
    keyboard.stopped_at("textbox", "Код из СМС", "Введите код из СМС.")
    code = sms_code(phone)
    keyboard.type("Код из СМС", f"{(int(code) + 1) % 10**6:06d}")
    keyboard.stopped_at("textbox", "Код из СМС", "Код не соответствует полученному в СМС")
    keyboard.type("Код из СМС", code)

    keyboard.arrive("Найдём ваш адрес")
    keyboard.press("button", "Далее")
    summary = keyboard.page.locator("#errors")
    expect(summary).to_be_focused()
    expect(keyboard.page.get_by_role("alert").get_by_role("link")).to_have_count(3)
    keyboard.press("link", "Введите номер лицевого счёта из квитанции.")
    expect(keyboard.find("textbox", "Номер лицевого счёта")).to_be_focused()
    keyboard.is_wrong(keyboard.find("textbox", "Номер лицевого счёта"), "Введите номер лицевого счёта")
    keyboard.type("Номер лицевого счёта", ACCOUNT)
    keyboard.type("Сумма к оплате, ₽", AMOUNT)
    keyboard.press("button", "Далее")
    first = keyboard.page.get_by_role("radio").first
    expect(first).to_be_focused()
    keyboard.is_wrong(first, "Выберите расчётный период.")
    keyboard.receipt(0, ACCOUNT, "1,00")
    keyboard.press("button", "Далее")
    expect(summary).to_be_focused()
    expect(keyboard.page.get_by_role("alert")).to_contain_text("Данного абонента нет в системе")
    keyboard.receipt(0, ACCOUNT, AMOUNT)
    keyboard.press("button", "Проверить ещё раз")

    keyboard.arrive("Это ваш адрес?")
    expect(keyboard.page.get_by_role("main")).to_contain_text(ADDRESS)
    keyboard.press("button", "Да")

    keyboard.arrive("Расскажите о себе")
    keyboard.type("Фамилия", "Петрова")
    keyboard.type("Имя", "Анна")
    expect(keyboard.find("textbox", "Дата рождения")).to_have_accessible_description("Например, 31.12.1960")
    keyboard.type("Дата рождения", "1.2.1960")
    keyboard.type("Электронная почта", "anna.example.com")
    keyboard.press("button", "Далее")
    keyboard.stopped_at("textbox", "Электронная почта", "Некорректно введена почта")
    keyboard.type("Электронная почта", "anna@example.com")
    keyboard.press("button", "Далее")

    keyboard.arrive("Придумайте пароль")
    keyboard.type("Пароль", "калитка")
    keyboard.press("button", "Показать пароль")
    expect(keyboard.find("button", "Показать пароль")).to_have_attribute("aria-pressed", "true")
    expect(keyboard.page.get_by_role("status")).to_have_text("Пароль показан")
    keyboard.press("button", "Создать кабинет")
    keyboard.stopped_at("textbox", "Пароль", "Не соблюдены все условия при создании пароля")
    expect(keyboard.page.get_by_role("listitem").filter(has_text="Есть цифры")).to_contain_text(
        "не выполнено"
    )
    keyboard.type("Пароль", PASSWORD)
    keyboard.page.keyboard.press("Enter")
    keyboard.arrive("Здравствуйте, Анна!")


def test_recovery_login_and_linking(
    keyboard: Keyboard, resident: Seeded, sms_code: Callable[..., str]
) -> None:
    keyboard.type(PHONE, resident.phone)
    keyboard.press("button", "Далее")
    keyboard.arrive("Введите пароль")
    keyboard.type("Пароль", WRONG)
    keyboard.press("button", "Войти в личный кабинет")
    keyboard.stopped_at("textbox", "Пароль", "Ошибка в логине или пароле")

    keyboard.press("button", "Я забыл пароль")
    keyboard.arrive("Подтвердите номер")
    keyboard.type("Код из СМС", sms_code(resident.phone))
    keyboard.arrive("Создайте новый пароль")
    keyboard.type("Пароль", NEW_PASSWORD)
    keyboard.press("button", "Сохранить и перейти ко входу")
    keyboard.arrive("Введите пароль")
    expect(keyboard.page.get_by_role("status").filter(has_text="Пароль сохранён.")).to_have_count(1)
    keyboard.type("Пароль", NEW_PASSWORD)
    keyboard.press("button", "Войти в личный кабинет")

    keyboard.arrive("Здравствуйте, Анна!")
    keyboard.press("link", "Добавить адрес")
    keyboard.arrive("Новый адрес")
    keyboard.receipt(1, ACCOUNT, "1,00")
    keyboard.press("button", "Добавить")
    expect(keyboard.page.locator("#errors")).to_be_focused()
    keyboard.receipt(0, ACCOUNT, AMOUNT)
    keyboard.press("button", "Добавить")
    keyboard.arrive("Здравствуйте, Анна!")
    expect(keyboard.page.get_by_role("status").filter(has_text="Адрес добавлен")).to_have_count(1)
    addresses = keyboard.page.get_by_role("main").get_by_role("article")
    expect(addresses.nth(1)).to_contain_text(OTHER[1])
    keyboard.press("button", "Выйти")
    keyboard.arrive("Вход или регистрация")


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])
def test_a_page_loaded_whole_focuses_what_is_wrong(chromium: Browser, site: Site, javascript: bool) -> None:
    """Nothing where nothing is wrong."""
    with chromium.new_context(java_script_enabled=javascript, locale="ru-RU") as context:
        context.route("**/htmx*", lambda route: route.abort())  # as if it had not arrived
        page = context.new_page()
        page.goto(site.url)
        expect(page.locator("body")).to_be_focused()
        page.locator("#phone").fill("12345")
        page.locator("#consent").check()
        page.get_by_role("button", name="Далее").click()
        expect(page.locator("#phone")).to_be_focused()


def test_the_countdown_is_not_read_aloud(page: Page, resident: Seeded) -> None:
    page.clock.install()
    page.reload()
    page.route("**/code/delivery", lambda route: route.fulfill(status=204))  # of which is told once
    page.locator("#phone").fill(resident.phone)
    page.get_by_role("button", name="Далее").click()
    page.get_by_role("button", name="Я забыл пароль").click()
    clock = page.locator("[data-clock]")
    expect(clock).to_be_visible()
    page.evaluate(
        """() => {
            window.said = [];
            const live = "[aria-live]:not([aria-live=off]), [role=status], [role=alert], [role=log], output";
            new MutationObserver(changes => changes.forEach(({ target }) => {
                const region = (target.nodeType === 1 ? target : target.parentElement)?.closest(live);
                if (region) said.push(region.textContent.trim());
            })).observe(document.body, { childList: true, subtree: true, characterData: true });
        }"""
    )
    before = clock.text_content()
    page.clock.run_for(5_000)
    assert clock.text_content() != before
    assert page.evaluate("() => said.filter(Boolean)") == []
    page.clock.run_for(60_000)
    expect(page.get_by_role("button", name="Отправить код ещё раз")).to_be_visible()
    page.clock.run_for(1_000)
    assert set(page.evaluate("() => said.filter(Boolean)")) == {"Отправить код ещё раз"}


@pytest.mark.parametrize(
    ("status", "words"), [("delivered", "СМС доставлено"), ("failed", "СМС не доставлено.")]
)
def test_the_fate_of_the_sms_is_told(
    page: Page, resident: Seeded, site: Site, sms_code: Callable[..., str], status: str, words: str
) -> None:
    page.locator("#phone").fill(resident.phone)
    page.get_by_role("button", name="Далее").click()
    page.route("**/code/delivery", lambda route: route.fulfill(status=204))  # not told yet
    page.get_by_role("button", name="Я забыл пароль").click()
    sms_code(resident.phone)
    report(site, resident.phone, status)
    page.unroute("**/code/delivery")
    expect(page.get_by_role("status")).to_contain_text(words)
    expect(page.locator("#delivery")).to_contain_text(words)
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_everything_is_seen_in_forced_colours(
    chromium: Browser, site: Site, sms_code: Callable[..., str]
) -> None:
    page = browse(chromium, site, forced_colors="active")
    keyboard, phone = Keyboard(page), new_phone()
    bordered(page)
    keyboard.type(PHONE, phone)
    keyboard.tick("checkbox", CONSENT)
    keyboard.press("button", "Далее")
    keyboard.arrive("Подтвердите номер")
    bordered(page)
    keyboard.type("Код из СМС", sms_code(phone))
    keyboard.arrive("Найдём ваш адрес")
    bordered(page)
    keyboard.receipt(0, ACCOUNT, AMOUNT)
    looks = [
        choice.evaluate("choice => { const s = getComputedStyle(choice); return [s.outline, s.border] }")
        for choice in page.locator(".choice").all()
    ]
    assert looks[0] != looks[1] == looks[2], "the chosen one differs by more than a background"
    keyboard.press("button", "Далее")
    keyboard.arrive("Это ваш адрес?")
    bordered(page)
    page.goto(f"{site.url}/no-such-page")
    bordered(page)
    page.context.close()


def bordered(page: Page) -> None:
    """Whatever is pressed or filled in has an edge where backgrounds are taken away."""
    assert page.evaluate(BORDERLESS) == []


def test_nothing_moves_for_whom_motion_is_reduced(page: Page, resident: Seeded) -> None:
    assert page.evaluate(MOVING) == []
    page.locator("#phone").fill(resident.phone)
    page.get_by_role("button", name="Далее").click()
    expect(page.get_by_role("heading", name="Введите пароль")).to_be_visible()
    page.get_by_role("button", name="Войти в личный кабинет").click()
    expect(page.get_by_role("alert")).to_have_count(1)
    page.locator(".button").first.evaluate("button => button.setAttribute('aria-busy', 'true')")
    assert page.evaluate(MOVING) == []


def test_motion_is_there_for_the_others(chromium: Browser, site: Site) -> None:
    page = browse(chromium, site, reduced_motion="no-preference")
    assert page.evaluate(MOVING)
    page.context.close()
