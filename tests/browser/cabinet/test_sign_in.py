"""Residents sign in and out and recover the password: in the frame, with and without scripts."""

import re
from collections.abc import Callable

import pytest

from tests.browser.expect import expect
from tests.browser.people import NEW_PASSWORD, OWN, PASSWORD, WRONG, Seeded, letter
from tests.browser.screens import (
    HOME,
    Embedded,
    back,
    first_screen,
    follow,
    give_password,
    heading,
    press,
    press_unless_sent,
    refused,
    sign_in,
    title,
    to_password,
)
from tests.browser.site import Site


@pytest.mark.walk("js")
def test_login_and_back_after_logout(embedded: Embedded, resident: Seeded, javascript: bool) -> None:
    frame = embedded.frame
    to_password(frame, resident.phone)
    press(frame, "Войти в личный кабинет")
    refused(frame, "#password", "Не заполнено поле пароля", javascript)
    give_password(frame, WRONG)
    refused(frame, "#password", "Ошибка в логине или пароле", javascript)
    give_password(frame, PASSWORD)
    heading(frame, HOME)
    assert not title(frame).startswith("Ошибка")
    expect(frame.locator("#addresses")).to_contain_text(OWN[1])
    follow(frame, "Мои данные")
    heading(frame, "Мои данные")
    follow(frame, "Назад")
    heading(frame, HOME)
    press(frame, "Выйти")
    first_screen(frame)
    for _ in range(3):
        back(embedded)
        expect(frame.get_by_text(resident.email)).to_have_count(0)
        expect(frame.get_by_text(OWN[1])).to_have_count(0)
        expect(frame.get_by_text("Анна")).to_have_count(0)


@pytest.mark.walk("no-js")
def test_locked_out_and_recovered(
    embedded: Embedded, resident: Seeded, javascript: bool, sms_code: Callable[..., str]
) -> None:
    frame = embedded.frame
    to_password(frame, resident.phone)
    for number in range(5):
        give_password(frame, f"{WRONG}{number}")
        expect(frame.locator("#password-error")).to_contain_text("Ошибка в логине или пароле")
        expect(frame.locator("#password")).to_have_value("")  # each answer looks the same but for this
    give_password(frame, PASSWORD)
    refused(frame, "#password", "Превышено число попыток входа. Попробуйте ещё раз через", javascript)
    expect(frame.get_by_text("Или создайте новый пароль")).to_be_visible()

    press(frame, "Я забыл пароль")
    heading(frame, "Подтвердите номер")
    code = sms_code(resident.phone)
    frame.get_by_label("Код из СМС").fill(f"{(int(code) + 1) % 10**6:06d}")
    press_unless_sent(frame, "Подтвердить номер", frame.locator("#code-error"))
    refused(frame, "#code", "Код не соответствует полученному в СМС", javascript)
    frame.get_by_label("Код из СМС").fill(code)
    press_unless_sent(frame, "Подтвердить номер", frame.get_by_role("heading", name="Создайте новый пароль"))
    field, eye = frame.locator("#password"), frame.locator(".eye")
    if javascript:
        field.fill("калитка")
        expect(frame.locator("[data-rule=letters]")).to_have_class(re.compile("is-met"))
        expect(frame.locator("[data-rule=digits]")).not_to_have_class(re.compile("is-met"))
        eye.click()
        expect(field).to_have_attribute("type", "text")
    else:
        expect(eye).to_be_hidden()
    field.fill("калитка")
    press(frame, "Сохранить и перейти ко входу")
    refused(frame, "#password", "Не соблюдены все условия при создании пароля", javascript)
    expect(field).to_have_attribute("type", "password")
    field.fill(NEW_PASSWORD)
    press(frame, "Сохранить и перейти ко входу")
    heading(frame, "Введите пароль")
    expect(frame.get_by_text("Пароль сохранён. Войдите с новым паролем.")).to_be_visible()
    give_password(frame, NEW_PASSWORD)
    heading(frame, HOME)


def test_a_device_is_signed_out_from_another(
    embedded: Embedded, elsewhere: Embedded, resident: Seeded, site: Site
) -> None:
    frame, other = embedded.frame, elsewhere.frame
    sign_in(frame, resident.phone)
    sign_in(other, resident.phone)
    assert letter(site, resident.email, "вход")
    follow(frame, "Мои данные")
    follow(frame, "Где вы вошли")
    cards = frame.locator(".cards .card")
    expect(cards).to_have_count(2)
    expect(cards.filter(has_text="это устройство")).to_have_count(1)
    press(frame, "Выйти на этом устройстве")
    expect(frame.get_by_text("На том устройстве вы вышли.")).to_be_visible()
    expect(cards).to_have_count(1)
    follow(other, "Мои данные")
    first_screen(other)
    expect(other.get_by_text("Войдите ещё раз")).to_be_visible()
    follow(frame, "Назад")
    heading(frame, "Мои данные")
