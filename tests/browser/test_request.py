"""A connection request with a photo of the receipt, in the frame, with and without scripts."""

import re
from collections.abc import Callable

import pytest

from tests.browser.expect import expect
from tests.browser.people import new_phone
from tests.browser.screens import Embedded, verify_phone
from tests.requests import files


@pytest.mark.walk("360px-js")
def test_a_request_with_a_photo(embedded: Embedded, sms_code: Callable[[str], str], javascript: bool) -> None:
    frame, phone = embedded.frame, new_phone()
    verify_phone(frame, phone, sms_code)
    frame.get_by_role("radio").first.check()
    frame.get_by_label("Номер лицевого счёта").fill("77 88-99")
    frame.get_by_label("Сумма к оплате").fill("1,00")
    frame.get_by_role("button", name="Далее").click()
    frame.get_by_role("link", name="Отправить заявку на подключение").click()
    expect(frame.get_by_role("heading", name="Заявка на подключение")).to_be_visible()
    expect(frame.get_by_label("Номер лицевого счёта")).to_have_value("77 88-99")

    receipt, send = frame.get_by_label("Фото или PDF квитанции"), "Отправить заявку"
    frame.get_by_text("Добавить квитанцию").click()
    if javascript:  # a file that is too large is not even sent
        receipt.set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": bytes(11 * 1024**2)})
        expect(frame.get_by_text("Файл больше 10 МБ").first).to_be_visible()
        expect(receipt).to_have_value("")
        expect(frame.locator("[data-file]")).to_have_text("Сфотографировать или выбрать файл")
    receipt.set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": files.image()})
    if javascript:
        expect(frame.locator("[data-file]")).to_have_text(re.compile(r"^a\.jpg · 0,\d+ МБ$"))
    frame.get_by_label("Фамилия").fill("Петрова")
    frame.get_by_role("button", name=send).click()
    expect(frame.get_by_text("Файл квитанции выберите ещё раз")).to_be_visible()
    expect(frame.get_by_text("Введите имя.").last).to_be_visible()
    expect(frame.get_by_label("Фамилия")).to_have_value("Петрова")

    for label, text in (
        ("Имя", "Анна"),
        ("Почта", "anna@example.com"),
        ("Город", "Клин"),
        ("Улица", "Дачная"),
        ("Дом", "3"),
    ):
        frame.get_by_label(re.compile(rf"^\s*{label}")).fill(text)
    receipt.set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": files.image()})
    frame.get_by_role("button", name=send).dblclick()
    expect(frame.get_by_role("heading", name=re.compile("^Заявка № [0-9]{8}$"))).to_be_visible()
    expect(frame.get_by_text("Клин, Дачная, д. 3")).to_be_visible()
