"""Every message that the models enqueue has its words, in both languages, with the data really enqueued."""

import ast
import re
from typing import Any

import peewee
import pytest
from markupsafe import escape

from cabinet.delivery import message_texts
from cabinet.delivery.sending import handler_of, send_next
from cabinet.models import (
    Account,
    EmailLink,
    InboxItem,
    Message,
    User,
    base,
)
from cabinet.models.database import db
from cabinet.wording import kept_templates
from cabinet.wording.typography import tie
from cabinet.worker.loop import Worker
from config import ROOT, Settings
from tests.delivery.notices import EVENTS, TOLD, resident

LOCALES = ["ru", "en"]


def happen(event: str, settings: Settings, **changes: Any) -> list[Message]:
    """Let an event happen to a resident; the messages for people that follow, those to staff fanned out."""
    EVENTS[event](resident(**changes))
    while send_next("staff", handler_of("staff", settings)):
        pass
    return list(Message.select().where(Message.channel.in_(["sms", "mail"])))


@pytest.mark.sample(4)
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("email", ["anna@example.org", ""])
@pytest.mark.parametrize("event", EVENTS)
def test_every_message_reads_well(
    database: peewee.Database, settings: Settings, event: str, email: str, locale: str
) -> None:
    messages = happen(event, settings, email=email, locale=locale)
    assert messages
    for message in messages:
        message.locale = locale
        if message.channel == "sms":
            text = message_texts.sms(message)
            assert locale == "ru" or not russian_words(message, text)
            assert message_texts.segments(text) == 1 and len(text) <= 70 and "\n" not in text
            assert not re.search(r"https?:|www\.|\.ru\b", text), "no links in SMS"
            assert not re.search(r"\b(эт|так|сво)(ому|ой|им|их|у) (и|или)\b", text), "what is meant is named"
        else:
            letter = message_texts.mail(message)
            assert letter.subject and len(letter.subject.splitlines()) == 1
            assert "\n\n\n" not in letter.text and letter.text.endswith("\n")
            assert not re.search("<(em|b|u)>", letter.html), "data is escaped"
            for words in (letter.subject, letter.text, letter.html):
                assert locale == "ru" or not russian_words(message, words)
                assert "None" not in words and "{{" not in words and "%(" not in words


def russian_words(message: Message, text: str) -> list[str]:
    """Russian words that are no data, neither the brand."""
    known = [*message.data.values(), base.settings().brand_name]
    for data in sorted((str(value) for value in known if value), key=len, reverse=True):
        for form in (
            data,
            tie(data),
            str(escape(data)),
            tie(str(escape(data))),
            message_texts.one_line(data),
        ):
            text = text.replace(form, "")
    return re.findall("[А-Яа-яЁё]+", text)


def test_all_of_them_are_told(database: peewee.Database, settings: Settings) -> None:
    told: set[str] = set()
    for event in EVENTS:
        told |= {message.template for message in happen(event, settings) if message.channel == "mail"}
        with db.atomic():
            for table in (Message, EmailLink, User, Account):
                table.delete().execute()
    assert told == TOLD


def test_every_template_named_in_the_code_exists() -> None:
    folder, named = kept_templates.FOLDER / "letters", set()
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "cabinet").rglob("*.py"))
    for source in filter(re.compile(r"\.(notify|enqueue|drafted)").search, sources):
        for call in ast.walk(ast.parse(source)):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                continue
            texts = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            texts += [
                str(k.value.value)
                for k in call.keywords
                if k.arg == "template" and isinstance(k.value, ast.Constant)
            ]
            if call.func.attr == "notify" and texts:
                named.add(texts[0])
            elif call.func.attr == "notify_staff" and texts:
                named.add(f"staff/{texts[0]}")
            elif (
                call.func.attr in ("enqueue", "drafted") and texts and not isinstance(call.args[1], ast.Name)
            ):
                named.add(f"staff/{texts[-1]}" if texts[0] == "staff" else texts[-1])
    assert named >= TOLD | {"code", "staff/registered"}
    for name in named - {"code", "invitation", "max_hello"}:  # no letters
        for kind in ("subject", "txt", "html"):
            assert (folder / f"{name}.{kind}").exists(), f"{name}.{kind}"


def test_staff_letters_tell_who_and_what(database: peewee.Database, settings: Settings) -> None:
    staff = {m.template: message_texts.mail(m) for m in happen("rename", settings) if m.parent}
    text = staff["staff/profile_changed"].text.replace("\u00a0", " ")
    for told in ("Житель изменил имя", "Ёлкина <em>Анна</em>", "<u>Белкина</u> Анна", "+7 916 123-45-67"):
        assert told in text


@pytest.mark.parametrize(
    ("event", "before", "after"),
    [
        ("email", "anna@example.org", "other@example.org"),
        ("phone", "+7 916 123-45-67", "+7 916 000-00-00"),
    ],
)
def test_staff_letters_tell_before_and_after(
    database: peewee.Database, settings: Settings, event: str, before: str, after: str
) -> None:
    letter = next(
        message_texts.mail(m) for m in happen(event, settings) if m.template == "staff/profile_changed"
    )
    assert f"Было: {before}" in letter.text.replace("\u00a0", " ")
    assert f"Стало: {after}" in letter.text.replace("\u00a0", " ")


def test_old_phone_and_old_address_are_told(database: peewee.Database, settings: Settings) -> None:
    told = {(m.template, m.to) for m in [*happen("phone", settings)]}
    assert ("phone_changed", "+79161234567") in told and ("phone_changed", "anna@example.org") in told


def test_the_link_of_the_letter_confirms_the_address(database: peewee.Database, settings: Settings) -> None:
    message = happen("confirm", settings, email_confirmed_at=None)[0]
    letter = message_texts.mail(message)
    token = re.search(r"http://localhost/email/(\S+)", letter.text)
    assert token and token[1] in letter.html
    link = EmailLink.find(token[1])
    assert link and link.confirm()
    assert token[1] not in str(message.data), "the outbox holds no key"


@pytest.mark.parametrize("how", ["gone", "used", "replaced"])
def test_a_letter_whose_link_is_dead_is_not_sent(
    database: peewee.Database, settings: Settings, how: str
) -> None:
    message = happen("confirm", settings, email_confirmed_at=None)[0]
    assert not message_texts.outdated(message)
    if how == "replaced":
        EmailLink.send(User.get())
    with db.atomic():
        if how == "gone":
            EmailLink.delete().execute()
        elif how == "used":
            EmailLink.update(used_at=base.now()).execute()
    Worker(settings).drain()
    dead = Message.get_by_id(message.id)
    assert dead.dead_at and dead.error == "expired" and dead.data == {}
    assert InboxItem.select().count() == (1 if how == "replaced" else 0)
