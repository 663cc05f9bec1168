"""The catalogues: complete, in step with the code, no words beside them."""

import re
from pathlib import Path

import pytest
from babel.support import Translations

from cabinet.wording import catalogues
from tests.wording.english import CYRILLIC

PLACEHOLDER = re.compile(
    r"%\([a-z_]+\)[a-z]|\{\w+\}"
)  # {адрес}: what replies are filled in with has one name

TEMPLATES = catalogues.PACKAGE / "templates"

IN_RUSSIAN_ONLY = ("demo/", "documents/")  # the company's own page and what is legally binding

NOT_CODE = re.compile(r"{%-?\s*trans\b.*?endtrans\s*-?%}|{%.*?%}|{{.*?}}|{#.*?#}", re.S)


def test_catalogues_are_in_step_with_the_code() -> None:
    extracted = catalogues.extract()
    for locale in catalogues.LOCALES:
        wanted = {message.id for message in catalogues.wanted(locale, extracted)}
        assert {message.id for message in catalogues.read(locale)} == wanted, "run: make messages"


def test_english_is_english_and_keeps_the_placeholders() -> None:
    for message in catalogues.read("en"):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        assert not message.id or all(texts), f"{message.id} is not translated"
        for text in texts if message.id else ():
            assert not CYRILLIC.search(PLACEHOLDER.sub("", str(text))) and "“”" not in str(text), text
            assert set(PLACEHOLDER.findall(str(text))) == set(PLACEHOLDER.findall(str(ids[-1]))), text


def test_russian_has_three_forms_of_every_plural() -> None:
    plurals = [message for message in catalogues.read("ru") if message.id]
    assert plurals
    for message in plurals:
        texts = message.string
        assert message.pluralizable and isinstance(texts, tuple), message.id
        assert len(texts) == 3 and all(texts), message.id
        assert texts[0] == message.id[0] and texts[2] == message.id[1], message.id


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ru", {1: "через 1 минуту", 2: "через 2 минуты", 5: "через 5 минут", 11: "через 11 минут"}),
        ("ru", {21: "через 21 минуту", 22: "через 22 минуты", 112: "через 112 минут"}),
        ("en", {1: "in 1 minute", 2: "in 2 minutes", 21: "in 21 minutes"}),
    ],
)
def test_plurals_agree_with_their_number(language: str, words: dict[int, str]) -> None:
    translations = Translations.load(catalogues.FOLDER, [language])
    for number, text in words.items():
        form = translations.ungettext("через %(num)d минуту", "через %(num)d минут", number)
        assert form % {"num": number} == text


def test_templates_have_no_words_outside_gettext() -> None:
    paths = {str(path.relative_to(TEMPLATES)): path for path in TEMPLATES.rglob("*.*")}
    wordless = {name: path for name, path in paths.items() if not name.startswith(IN_RUSSIAN_ONLY)}
    assert len(wordless) > 100
    found = {name: words for name, path in wordless.items() if (words := _words_beside_gettext(path))}
    assert not found


def _words_beside_gettext(path: Path) -> list[str]:
    return CYRILLIC.findall(NOT_CODE.sub("", path.read_text(encoding="utf-8")))


def test_the_rule_of_templates_can_fail(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("{{ _('Да') }} {# Нет #} <b>Ой</b>", encoding="utf-8")
    assert "".join(_words_beside_gettext(tmp_path / "a.html")) == "Ой"
