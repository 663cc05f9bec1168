"""Screens that several scenarios of the guide meet, by their words, and steps that they share."""

from playwright.sync_api import expect

from tests.browser.site import Site
from tools.guide.window import Window

PHONE_SCREEN = (
    "Вход или регистрация",
    "Номер телефона",
    "согласие на обработку персональных данных",
    "Далее",
)
CODE_SCREEN = ("Подтвердите номер", "Код из СМС", "Подтвердить номер")
ACCOUNT_SCREEN = ("Расчётный период", "Номер лицевого счёта", "Сумма к оплате")
PASSWORD_SCREEN = ("Введите пароль", "Войти в личный кабинет", "Я забыл пароль")
NEW_PASSWORD_SCREEN = ("Создайте новый пароль", "Не короче 8 символов", "Сохранить и перейти ко входу")


def enter_phone(window: Window, phone: str, consent: bool = False) -> None:
    """The first screen, filled."""
    window.open()
    window.fill(phone=phone)
    if consent:
        window.page.locator("#consent").check()


def prove_phone(window: Window, site: Site, phone: str) -> None:
    """From the first screen to the account, without a picture."""
    enter_phone(window, phone, consent=True)
    window.press("Далее")
    window.page.locator("#code").fill(site.sms_code(phone))  # sends itself
    expect(window.page.locator("#account")).to_be_visible()


def fill_receipt(window: Window, account: str, amount: str) -> None:
    """Period, account and amount."""
    expect(window.page.locator("input[name=period]")).to_have_count(3)
    window.page.locator("input[name=period]").first.check()
    window.fill(account=account, amount=amount)


def all_rules_met(window: Window) -> None:
    """Wait until every rule of the password is ticked."""
    expect(window.page.locator(".rule.is-met").first).to_be_visible()
    expect(window.page.locator(".rule:not(.is-met)")).to_have_count(0)


def try_password(window: Window, password: str) -> str:
    """Type a password and send it; what the window says then."""
    window.fill(password=password)
    with window.page.expect_response(lambda answer: answer.request.method == "POST"):
        window.press("Войти в личный кабинет")
    expect(window.page.locator("#password")).to_have_value("")
    return window.read()
