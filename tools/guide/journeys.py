"""Every scenario of the guide, as residents go through it. Each needs only what its arguments say."""

from collections.abc import Callable
from pathlib import Path

from tests.browser.site import Site
from tools.guide.steps import (
    ACCOUNT_SCREEN,
    CODE_SCREEN,
    NEW_PASSWORD_SCREEN,
    PASSWORD_SCREEN,
    PHONE_SCREEN,
    all_rules_met,
    enter_phone,
    fill_receipt,
    prove_phone,
    try_password,
)
from tools.guide.window import Window

NEWCOMER, STRANGER, LEGACY, HASTY = "+79161234567", "+79161234568", "+79161234569", "+79161234560"
PASSWORD, NEW_PASSWORD = "Тихий-двор-58", "Зелёная-калитка-7"
ACCOUNT, AMOUNT, ADDRESS = "7012345678", "4 218,67", "Профсоюзная, д. 104, кв. 57"
COUNTRY_ACCOUNT, COUNTRY_AMOUNT, COUNTRY_ADDRESS = "3300918264", "960,00", "СНТ «Ручеёк», уч. 12"
LEGACY_ACCOUNT, LEGACY_ADDRESS = "0040571", "Ленинградское ш., д. 8"


def all_scenarios(new_window: Callable[[], Window], site: Site, folder: Path) -> None:
    """Go through all of them; `new_window` gives the window of another person's browser."""
    newcomer = new_window()
    registration(newcomer, site)
    confirm_email(newcomer)
    account_not_found(new_window(), site)
    login(new_window())
    recovery(new_window(), site, folder)
    wrong_codes(new_window(), site)
    wrong_passwords(new_window())


def registration(window: Window, site: Site) -> None:
    """A newcomer with a receipt: 01–10, 39, 40."""
    enter_phone(window, NEWCOMER, consent=True)
    window.show("01-phone", *PHONE_SCREEN, "+7 916 123-45-67")
    window.press("Далее")
    window.show("02-code", *CODE_SCREEN, "+7 916 123-45-67", "Новый код — через")
    code = site.sms_code(NEWCOMER)
    window.type_code(code)
    window.show("03-code-filled", *CODE_SCREEN)
    window.press("Подтвердить номер")
    account_and_address(window)
    profile(window)
    password(window)


def account_and_address(window: Window) -> None:
    """04–06."""
    window.show("04-account", *ACCOUNT_SCREEN, "Далее")
    fill_receipt(window, ACCOUNT, AMOUNT)
    window.show("05-account-filled", *ACCOUNT_SCREEN, ACCOUNT, AMOUNT, "Далее")
    window.press("Далее")
    window.show("06-address", "Это ваш адрес?", ADDRESS, "Да", "Нет")
    window.press("Да")


def profile(window: Window) -> None:
    """07–09, 39."""
    asked = ("Фамилия *", "Имя *", "Отчество", "Дата рождения *", "Почта *", "Далее")
    window.show("07-profile", *asked)
    typed = {
        "last_name": "Петрова",
        "first_name": "Анна",
        "middle_name": "Сергеевна",
        "birth_date": "01.02.1960",
    }
    window.fill(**typed, email="anna@example.com")
    window.show("08-profile-filled", *asked, *typed.values(), "anna@example.com")
    window.page.locator(".terms summary").click()
    window.show(
        "09-terms", "Нажимая «Далее», вы соглашаетесь с условиями использования сервиса", "1. О сервисе"
    )
    window.fill(email="anna.example.com")
    window.press("Далее")
    window.show("39-bad-email", "Некорректно введена почта", "anna.example.com")
    window.fill(email="anna@example.com")
    window.press("Далее")


def password(window: Window) -> None:
    """10, 40."""
    window.fill(password=PASSWORD)
    all_rules_met(window)
    window.show("10-password", "Придумайте пароль", "Не короче 8 символов", "Есть буквы", "Есть цифры")
    window.fill(password="калитка")
    window.press("Создать кабинет")
    window.show("40-weak-password", "Не соблюдены все условия при создании пароля", "Есть цифры")
    window.fill(password=PASSWORD)
    all_rules_met(window)
    window.press("Создать кабинет")
    window.wait_for("10-password", ["Здравствуйте, Анна!"])


def confirm_email(window: Window) -> None:
    """The newcomer, who has not opened the e-mail yet, comes back: 35."""
    window.press("Выйти")
    window.wait_for("35-confirm-email", PHONE_SCREEN)
    enter_phone(window, NEWCOMER)
    window.press("Далее")
    window.show("35-confirm-email", "Подтвердите почту.", "Отправить ещё раз", *PASSWORD_SCREEN)


def account_not_found(window: Window, site: Site) -> None:
    """A resident whom billing does not know: 37, 11–14, 38."""
    prove_phone(window, site, STRANGER)
    fill_receipt(window, "№ 7012 / ?", "четыре тысячи")
    window.press("Далее")
    window.show("37-bad-data", "Введены некорректные данные", *ACCOUNT_SCREEN)
    fill_receipt(window, ACCOUNT, "4 281,67")
    window.press("Далее")
    not_found = ("Данного абонента нет в системе", *ACCOUNT_SCREEN, ACCOUNT, "4 281,67", "Проверить ещё раз")
    window.show("11-account-not-found", *not_found)
    request = window.page.get_by_role("link", name="Отправить заявку на подключение")
    window.point_at(request)
    window.show("12-request-offer", *not_found, "Отправить заявку на подключение")
    request.click()
    connection_request(window)


def connection_request(window: Window) -> None:
    """The form of the request: filled, then with all fields forgotten, then sent: 13, 38, 14."""
    required = (
        "Фамилия *",
        "Имя *",
        "Телефон *",
        "Почта *",
        "Город или посёлок *",
        "Улица *",
        "Дом *",
        "Отправить заявку",
    )
    window.wait_for("13-request-filled", required)
    typed = {
        "last_name": "Орлова",
        "first_name": "Мария",
        "middle_name": "Ивановна",
        "email": "maria@example.com",
        "city": "Москва",
        "street": "Профсоюзная",
        "house": "104",
        "flat": "58",
        "comment": "Переехали в октябре, квитанции ещё нет.",
    }
    unfold = window.page.locator(".more summary").click
    unfold()
    window.fill(**typed)
    window.show("13-request-filled", *required, *typed.values(), ACCOUNT)
    window.fill(**dict.fromkeys(typed, ""))
    window.press("Отправить заявку")
    window.show("38-request-missing", *required, "Не заполнены обязательные поля", "Введите фамилию.")
    unfold()
    window.fill(**typed)
    window.press("Отправить заявку")
    window.show("14-request-sent", "Заявка №", "Заявка отправлена.", "Что дальше")


def login(window: Window) -> None:
    """The resident of before, in another browser: 15–17."""
    enter_phone(window, NEWCOMER)
    window.show("15-login-phone", *PHONE_SCREEN, "+7 916 123-45-67")
    window.press("Далее")
    window.show("16-login-password", *PASSWORD_SCREEN, "+7 916 123-45-67")
    window.fill(password=PASSWORD)
    window.show("17-login-filled", *PASSWORD_SCREEN)
    window.press("Войти в личный кабинет")
    window.wait_for("17-login-filled", ["Здравствуйте, Анна!", ADDRESS])


def recovery(window: Window, site: Site, folder: Path) -> None:
    """A resident registered earlier without a password sets one and adds an address: 18–29."""
    residents = folder / "residents.csv"
    residents.write_text(
        f"phone;last_name;first_name;accounts\n{LEGACY};Соколов;Игорь;{LEGACY_ACCOUNT}\n", encoding="utf-8"
    )
    site.flask("residents", "import", str(residents))

    enter_phone(window, LEGACY)
    window.show("18-legacy-phone", *PHONE_SCREEN, "+7 916 123-45-69")
    window.press("Далее")
    window.show("19-legacy-password", *PASSWORD_SCREEN, "+7 916 123-45-69")
    window.point_at(window.page.get_by_role("button", name="Я забыл пароль"))
    window.show("20-forgot", *PASSWORD_SCREEN)
    window.press("Я забыл пароль")
    window.show("21-recovery-code", *CODE_SCREEN, "+7 916 •••-••-69")
    window.type_code(site.sms_code(LEGACY))
    window.show("22-recovery-code-filled", *CODE_SCREEN)
    window.press("Подтвердить номер")
    window.show("23-new-password", *NEW_PASSWORD_SCREEN)
    window.fill(password=NEW_PASSWORD)
    all_rules_met(window)
    window.show("24-new-password-filled", *NEW_PASSWORD_SCREEN)
    window.press("Показать пароль")
    window.show("25-new-password-eye", *NEW_PASSWORD_SCREEN, NEW_PASSWORD)
    window.press("Сохранить и перейти ко входу")
    window.show("26-back-to-login", "Пароль сохранён. Войдите с новым паролем.", *PASSWORD_SCREEN)
    window.fill(password=NEW_PASSWORD)
    window.press("Войти в личный кабинет")

    window.show("27-cabinet", "Здравствуйте, Игорь!", "Мои адреса", LEGACY_ADDRESS, "+", "Добавить адрес")
    window.page.get_by_role("link", name="Добавить адрес").click()
    fill_receipt(window, COUNTRY_ACCOUNT, COUNTRY_AMOUNT)
    window.show("28-link-filled", *ACCOUNT_SCREEN, COUNTRY_ACCOUNT, COUNTRY_AMOUNT, "Добавить")
    window.press("Добавить")
    window.show("29-linked", "Адрес добавлен", LEGACY_ADDRESS, COUNTRY_ADDRESS)


def wrong_codes(window: Window, site: Site) -> None:
    """A number and a code mistyped: 30–32."""
    enter_phone(window, "+7 916 123-45", consent=True)
    window.press("Далее")
    window.show("30-bad-phone", "Введён некорректный номер телефона", "+7 916 123-45")
    window.fill(phone=HASTY)
    window.press("Далее")
    window.wait_for("32-no-code", CODE_SCREEN)
    right = site.sms_code(HASTY)
    window.press("Подтвердить номер")
    window.show("32-no-code", "Введите код из СМС.", *CODE_SCREEN)
    window.page.locator("#code").fill("123456" if right != "123456" else "654321")  # sends itself
    window.show("31-wrong-code", "Код не соответствует полученному в СМС", *CODE_SCREEN)


def wrong_passwords(window: Window) -> None:
    """A stranger, or a forgetful resident: 33, 34, 36."""
    enter_phone(window, NEWCOMER)
    window.press("Далее")
    window.wait_for("33-empty-password", PASSWORD_SCREEN)
    window.press("Войти в личный кабинет")
    window.show("33-empty-password", "Не заполнено поле пароля", *PASSWORD_SCREEN)
    try_password(window, "Тихий-двор-59")
    window.show("34-wrong-password", "Ошибка в логине или пароле", *PASSWORD_SCREEN)
    for number in range(60, 70):
        answer = try_password(window, f"Тихий-двор-{number}")
        if "Превышено число попыток входа" in answer:
            break
    window.show("36-too-many-attempts", "Превышено число попыток входа", *PASSWORD_SCREEN)
