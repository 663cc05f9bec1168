"""Russian line breaking."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cabinet.wording.typography import tie, tie_html
from tests.properties import UNTIMED


@pytest.mark.parametrize(
    ("text", "tied"),
    [
        ("Отправили код в СМС на", "Отправили код в_СМС на"),
        ("и в доме, и у вас", "и_в_доме, и_у_вас"),
        ("Пароль — это не всё", "Пароль_— это не_всё"),
        ("через 5 минут", "через 5_минут"),
        ("г. Москва, ул. Лесная, д. 5, кв. 12", "г._Москва, ул._Лесная, д._5, кв._12"),
        ("Московская обл., Ленинградское ш., д. 8", "Московская_обл., Ленинградское_ш., д._8"),
        ("Без вашего имени", "Без_вашего имени"),
        ("дом 5 и дом 6", "дом_5_и_дом_6"),
        ("есть ли у вас кабинет", "есть_ли у_вас кабинет"),
        ("что же, если бы не дом", "что_же, если_бы не_дом"),
        ("дом 25, корпус 2, подъезд 4, квартира 1187", "дом_25, корпус_2, подъезд_4, квартира_1187"),
        ("кто-то ещё", "кто-то ещё"),
        ("to be or not", "to be or not"),
    ],
)
def test_short_words_hold_on(text: str, tied: str) -> None:
    assert tie(text) == tied.replace("_", "\u00a0")


def test_only_what_people_read_is_touched() -> None:
    html = (
        '<title>в доме</title><p title="в доме" data-x="я в доме">в доме <b>и у вас</b></p>'
        '<textarea>в доме</textarea><input value="в доме"><!-- в доме --><pre>в доме</pre>'
    )
    tied = ">в доме <b>и у вас</b></p>", ">в\u00a0доме <b>и\u00a0у\u00a0вас</b></p>"
    assert tie_html(html) == html.replace(*tied)


def test_in_headings_long_words_stand_alone() -> None:
    assert tie_html("<h1>Вход или регистрация в дом</h1>") == "<h1>Вход или регистрация в\u00a0дом</h1>"
    assert tie_html("<h1>и</h1><p>или регистрация</p>") == "<h1>и</h1><p>или\u00a0регистрация</p>"


def test_a_short_word_before_a_tag_holds_on() -> None:
    assert tie_html("<p>код на <b>+7</b></p>") == "<p>код на\u00a0<b>+7</b></p>"


@UNTIMED
@given(st.text(alphabet=' абв—5.№<>/p"=\n\u00a0'))
def test_only_spaces_change(text: str) -> None:
    for change in (tie, tie_html):
        assert change(text).replace("\u00a0", " ") == text.replace("\u00a0", " ")
        assert change(change(text)) == change(text)


def test_a_phone_number_in_a_sentence_holds_together() -> None:
    held = '<p>Например, <span class="nowrap">+7 916 123-45-67</span>.</p>'
    assert tie_html("<p>Например, +7 916 123-45-67.</p>") == held


def test_an_address_ends_a_line_at_its_signs_alone() -> None:
    assert tie_html("<p>на anna.ezhova@mail.ru.</p>") == "<p>на\u00a0anna.<wbr>ezhova@<wbr>mail.ru.</p>"


def test_text_is_tied_wherever_it_stands_and_what_is_edited_is_left() -> None:
    html = "в доме<!-- в доме --> в доме<title>в доме</title>в доме<textarea>в доме</textarea>\nв доме"
    tied = "в+доме<!-- в доме --> в+доме<title>в доме</title>в+доме<textarea>в доме</textarea>\nв+доме"
    assert tie_html(html) == tied.replace("+", "\u00a0")
