"""Words of messages."""

import dataclasses
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from peewee import Database

from cabinet.delivery import message_texts
from cabinet.models import Message, OneTimeCode, base
from cabinet.models.database import db
from config import Settings
from tests.markup import one
from tests.messages import REGISTERED


def code_sms(settings: Settings, locale: str = "ru") -> tuple[str, str]:
    """The text of a code's SMS under these settings, and the digits."""
    base.configure(settings)
    db.connect()
    code = OneTimeCode.send("registration", "+79161234567", "192.0.2.1", locale)
    return message_texts.sms(Message.get_by_id(code.message)), code.digits


@pytest.mark.parametrize(
    ("public_url", "ancestors", "last_line"),
    [
        ("https://lk.company.ru", (), "@lk.company.ru #{code}"),
        ("https://lk.company.ru", ("https://company.ru",), "@company.ru #{code} @lk.company.ru"),
        ("https://lk.company.ru:8443", ("https://*.company.ru",), "@company.ru #{code} @lk.company.ru"),
        ("https://lk.company.ru", ("https://lk.company.ru",), "@lk.company.ru #{code}"),
        (
            "https://lk.company.ru",
            ("'self'", "company.ru", "https://b.ru"),
            "@company.ru #{code} @lk.company.ru",
        ),
        ("https://пример.рф", (), "@xn--e1afmkfd.xn--p1ai #{code}"),
    ],
)
def test_last_line_binds_the_code_to_the_site(
    database: Database, settings: Settings, public_url: str, ancestors: tuple[str, ...], last_line: str
) -> None:
    text, digits = code_sms(dataclasses.replace(settings, public_url=public_url, frame_ancestors=ancestors))
    assert text.splitlines()[-1].replace(digits, "{code}") == last_line
    assert message_texts.segments(text) == 1


def test_bound_line_can_be_set(database: Database, settings: Settings) -> None:
    line = "@a.ru #{code} %b.ru"
    text, digits = code_sms(dataclasses.replace(settings, sms_bound_line=line))
    assert text.endswith(f"\n@a.ru #{digits} %b.ru")


@pytest.mark.parametrize("length", [0, 5, 10, 15, 20, 25, 30])
@pytest.mark.parametrize("locale", ["ru", "en"])
def test_words_shrink_and_the_bound_line_stays(
    database: Database, settings: Settings, length: int, locale: str
) -> None:
    host = "a" * length + "b.ru"
    framed = dataclasses.replace(
        settings, public_url=f"https://{host}", frame_ancestors=("https://company.ru",)
    )
    text, digits = code_sms(framed, locale)
    assert message_texts.segments(text) == 1
    assert text.endswith(f"@company.ru #{digits} @{host}")


def test_longest_hosts_keep_the_bound_line_and_nothing_else(database: Database, settings: Settings) -> None:
    hosts = [f"https://{letter * 50}.ru" for letter in "ab"]
    text, digits = code_sms(
        dataclasses.replace(settings, public_url=hosts[0], frame_ancestors=(hosts[1],)), "ru"
    )
    assert text == f"@{'b' * 50}.ru #{digits} @{'a' * 50}.ru"


def test_the_friendliest_wording_names_the_brand(database: Database, settings: Settings) -> None:
    text, digits = code_sms(dataclasses.replace(settings, public_url="https://a.ru"))
    assert text == f"Домопульт: код {digits}. Никому его не сообщайте\n@a.ru #{digits}"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        *[
            ("", 1),
            ("a" * 160, 1),
            ("a" * 161, 2),
            ("€" * 80, 1),
            ("€" * 81, 2),
            ("😀" * 35, 1),
            ("😀" * 36, 2),
        ],
        *[("я" * 70, 1), ("я" * 71, 2), ("я" * 134, 2), ("я" * 135, 3)],
    ],
)
def test_segments_are_counted_as_operators_bill_them(text: str, count: int) -> None:
    assert message_texts.segments(text) == count


def test_staff_letter_tells_everything_that_was_entered(enqueue: Callable[..., Message]) -> None:
    letter = message_texts.mail(enqueue())
    for told in ("Ёлкина-Ли", "Анна", "01.02.1980", "+7 916 123-45-67", "anna@example.ru", "00 1234-5"):
        assert told in letter.text.replace("\u00a0", " ")
        assert told in letter.html.replace("\u00a0", " ")
    for told in (
        "ул. Лесная, д. 5",
        "октябрь 2026",
        "4 218,67 ₽",
        "ab" * 32,
        "cd" * 32,
        "06.10.2026 00:12 МСК",
    ):
        assert told in letter.text.replace("\u00a0", " ")
        assert told in letter.html.replace("\u00a0", " ")
    assert "00 1234-5" in letter.subject


def test_letters_look_right_without_their_style_sheet(enqueue: Callable[..., Message]) -> None:
    """Some mail programs show only what each element says of itself; the dark look is the sheet's."""
    message = enqueue(template="password_changed", data={"name": "Анна"})
    page = BeautifulSoup(message_texts.mail(message).html, "html.parser")
    body = one(page, "body")
    styles = {
        (tag.get_attribute_list("class")[0] if tag.has_attr("class") else tag.name): str(tag.get("style"))
        for tag in body.find_all(True)
    }
    assert "background: #1f5fd6" in styles["button"] and "color: #ffffff" in styles["button"]
    assert "max-width: 600px" in styles["letter"] and "font-size: 26px" in styles["h1"]
    assert "#f3f4f8" in str(body["style"]) and "!important" not in str(body)
    assert "prefers-color-scheme: dark" in one(page, "style").get_text()


def test_html_is_escaped_and_plain_text_is_not(enqueue: Callable[..., Message]) -> None:
    letter = message_texts.mail(enqueue(data={**REGISTERED, "first_name": "<img src=x> & «Ко»"}))
    assert "<img" not in letter.html
    assert "&lt;img src=x&gt; &amp; «Ко»" in letter.html
    assert "<img src=x> & «Ко»" in letter.text


def test_subject_is_one_line_whatever_it_is_made_of(database: Database) -> None:
    account = "1\r\nBcc: evil@example.org\u2028\x00" + "9" * 500
    message = Message(template="staff/registered", data={**REGISTERED, "account": account})
    subject = message_texts.mail(message).subject
    assert len(subject.splitlines()) == 1
    assert "1 Bcc: evil@example.org 999" in subject
    assert len(subject) <= message_texts.LONGEST_SUBJECT


@pytest.mark.parametrize("locale", ["en", "xx", "../../etc", "", "zz_ZZ"])
def test_any_locale_gives_a_letter(database: Database, locale: str) -> None:
    message = Message(template="staff/registered", data=REGISTERED, locale=locale)
    assert "anna@example.ru" in message_texts.mail(message).text


def test_replaced_used_and_vanished_codes_are_outdated(database: Database, settings: Settings) -> None:
    first = OneTimeCode.send("registration", "+79161234567", "192.0.2.1", "ru")
    message = Message.get_by_id(first.message)
    assert not message_texts.outdated(message)
    with db.atomic():
        OneTimeCode.update(voided_at=base.now()).execute()
    assert message_texts.outdated(message)
    with db.atomic():
        OneTimeCode.delete().execute()
    assert message_texts.outdated(message)
