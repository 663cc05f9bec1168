"""A cabinet by another number is proved, shown and merged without barriers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.browser.accessibility.steps import fill, fill_receipt, refused
from tests.browser.expect import expect
from tests.browser.inspector import Inspector
from tests.browser.people import OWN, WRONG, Seeded, long_unseen, resident_of, signed_in_just_now
from tests.browser.screens import follow, heading, press, sign_in
from tests.browser.site import Site

if TYPE_CHECKING:
    from playwright.sync_api import Page


def to_the_other(page: Page, resident: Seeded) -> None:
    """Signed in, by the link of «Мои данные»."""
    sign_in(page, resident.phone)
    follow(page, "Мои данные")
    follow(page, "У меня есть кабинет на другой номер")
    heading(page, "Кабинет на другой номер")


def test_two_cabinets_are_merged_without_barriers(
    page: Page, inspector: Inspector, resident: Seeded, sms_code: Callable[..., str], site: Site
) -> None:
    look, before = inspector.look, resident_of(site)
    to_the_other(page, resident)
    look("the other cabinet")
    fill(page, phone=before.phone, password=WRONG)
    press(page, "Продолжить")
    refused(page, "Номер или пароль не подходит", "password")
    look("the other cabinet, wrong password")
    press(page, "Не помню пароль, прислать код на тот номер")
    heading(page, "Подтвердите номер")
    look("the other cabinet, code")
    fill(page, code=sms_code(before.phone))
    heading(page, "Объединить кабинеты?")
    look("merging")
    press(page, "Объединить кабинеты")
    refused(page, "Введите ваш нынешний пароль", "current_password")
    look("merging, no password")
    fill(page, current_password=resident.password)
    press(page, "Объединить кабинеты")
    expect(page.get_by_text("Кабинеты объединены.")).to_be_visible()
    look("cabinet, merged")


def test_its_receipt_is_proved_without_barriers(
    page: Page, inspector: Inspector, resident: Seeded, site: Site
) -> None:
    before = resident_of(site)
    long_unseen(site, before)
    to_the_other(page, resident)
    fill(page, phone=before.phone, password=before.password)
    press(page, "Продолжить")
    heading(page, "Подтвердите квитанцией")
    inspector.look("receipt of the other cabinet")
    fill_receipt(page)
    press(page, "Далее")
    refused(page, "В том кабинете этого лицевого счёта нет", "account")
    inspector.look("receipt of the other cabinet, another's")
    fill_receipt(page, OWN[0], "1,00")
    press(page, "Далее")
    expect(page.get_by_text("Данного абонента нет в системе")).to_be_visible()


def test_what_is_asked_beside_a_password_has_no_barriers(
    page: Page, inspector: Inspector, resident: Seeded, sms_code: Callable[..., str], site: Site
) -> None:
    before = resident_of(site)
    to_the_other(page, resident)
    fill(page, phone=before.phone, password=before.password)
    press(page, "Продолжить")
    heading(page, "Подтвердите квитанцией")
    inspector.look("receipt or code of the other cabinet")
    signed_in_just_now(site, before)
    fill_receipt(page, OWN[0])
    press(page, "Далее")
    heading(page, "Подтвердите кодом")
    inspector.look("code of the other cabinet alone")
    press(page, "Прислать код")
    heading(page, "Подтвердите номер")
    fill(page, code=sms_code(before.phone))
    heading(page, "Объединить кабинеты?")
