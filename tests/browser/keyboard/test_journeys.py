"""Every journey by keyboard alone, by what the accessibility tree says."""

from collections.abc import Callable

import pytest

from tests.browser.expect import expect
from tests.browser.keyboard.person import CONSENT, PHONE, Keyboard
from tests.browser.people import (
    ACCOUNT,
    ADDRESS,
    AMOUNT,
    NEW_PASSWORD,
    OTHER,
    PASSWORD,
    WRONG,
    Seeded,
    new_phone,
)


@pytest.mark.walk
def test_registration_by_keyboard(keyboard: Keyboard, sms_code: Callable[..., str]) -> None:
    _proves_a_phone(keyboard, sms_code)
    _finds_the_account(keyboard)
    _fills_the_profile(keyboard)
    _chooses_a_password(keyboard)
    keyboard.arrive("Здравствуйте, Анна!")


def _proves_a_phone(keyboard: Keyboard, sms_code: Callable[..., str]) -> None:
    phone = new_phone()
    keyboard.press("button", "Далее")
    expect(keyboard.page.locator("#errors")).to_be_focused()
    keyboard.press("link", "Введите номер мобильного телефона.")
    keyboard.stopped_at("textbox", PHONE, "Введите номер")
    keyboard.type(PHONE, phone)
    keyboard.press("button", "Далее")
    keyboard.stopped_at("checkbox", CONSENT, "Поставьте отметку")
    keyboard.tick("checkbox", CONSENT)
    keyboard.press("button", "Далее")

    keyboard.arrive("Подтвердите номер", "Код из СМС")
    keyboard.press("button", "Подтвердить номер")
    keyboard.stopped_at("textbox", "Код из СМС", "Введите код из СМС.")
    code = sms_code(phone)
    keyboard.type("Код из СМС", f"{(int(code) + 1) % 10**6:06d}")
    keyboard.stopped_at("textbox", "Код из СМС", "Код не соответствует полученному в СМС")
    keyboard.type("Код из СМС", code)


def _finds_the_account(keyboard: Keyboard) -> None:
    keyboard.arrive("Найдём ваш адрес")
    keyboard.press("button", "Далее")
    summary = keyboard.page.locator("#errors")
    expect(summary).to_be_focused()
    expect(keyboard.page.get_by_role("alert").get_by_role("link")).to_have_count(2)
    keyboard.press("link", "Введите номер лицевого счёта из квитанции.")
    expect(keyboard.find("textbox", "Номер лицевого счёта")).to_be_focused()
    keyboard.is_wrong(keyboard.find("textbox", "Номер лицевого счёта"), "Введите номер лицевого счёта")
    keyboard.type("Номер лицевого счёта", ACCOUNT)
    keyboard.type("Сумма к оплате, ₽", "1,00")
    keyboard.press("button", "Далее")
    expect(summary).to_be_focused()
    expect(keyboard.page.get_by_role("alert")).to_contain_text("Данного абонента нет в системе")
    keyboard.receipt(0, ACCOUNT, AMOUNT)
    keyboard.press("button", "Проверить ещё раз")


def _fills_the_profile(keyboard: Keyboard) -> None:
    keyboard.arrive("Это ваш адрес?")
    expect(keyboard.page.get_by_role("main")).to_contain_text(ADDRESS)
    keyboard.press("button", "Да")

    keyboard.arrive("Расскажите о себе")
    keyboard.type("Фамилия", "Петрова")
    keyboard.type("Имя", "Анна")
    expect(keyboard.find("textbox", "Дата рождения")).to_have_accessible_description("Например, 31.12.1960")
    keyboard.type("Дата рождения", "1.2.1960")
    keyboard.type("Почта", "anna.example.com")
    keyboard.press("button", "Далее")
    keyboard.stopped_at("textbox", "Почта", "Некорректно введена почта")
    keyboard.type("Почта", "anna@example.com")
    keyboard.press("button", "Далее")


def _chooses_a_password(keyboard: Keyboard) -> None:
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
    keyboard.arrive("Подтвердите номер", "Код из СМС")
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
