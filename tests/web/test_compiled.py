"""Templates say what Jinja's own make of them: who is called, and how, and what is escaped."""

import jinja2
import pytest
from markupsafe import Markup

from cabinet.web.compiled import Generator, invoke, shown


class Ours(jinja2.Environment):
    """Jinja's environment, with our generator."""

    code_generator_class = Generator
    invoke, shown = staticmethod(invoke), staticmethod(shown)


PARTS = """
{% macro greet(name, sign="!", mark=None) %}<b>{{ name }}</b>{{ sign }}{{ mark }}{% endmacro %}
{% macro box(kind) %}<i class="{{ kind }}"{{ kwargs|xmlattr }}>{{ caller() }}</i>{% endmacro %}
{% macro all_of() %}{{ varargs|join(",") }}{% endmacro %}
{% macro each(items) %}{% for item in items %}{{ caller(item) }}{% endfor %}{% endmacro %}
{% macro twice(text) %}{{ greet(text) }}{{ greet(name=text, sign="?") }}{% endmacro %}
"""
TEMPLATES = (
    "{{ name }} {{ number }} {{ safe }} {{ nothing }} {{ none }} {{ odd }}",
    "{{ ui.greet(name) }} {{ ui.greet(name, '.') }} {{ ui.greet(sign='-', name=name) }} {{ ui.greet() }}",
    "{{ ui.greet(name)|upper }} {{ 'a<' ~ ui.greet(name) }} {% set made %}{{ name }}{% endset %}{{ made }}",
    "{% call ui.box('a', title=name) %}{{ name }}{% endcall %}",
    "{% call(one) ui.each([name, number]) %}[{{ one }}]{% endcall %}",
    "{{ ui.all_of(1, name, safe) }} {{ ui.twice(name) }}",
    "{% for n in [1, 2] %}{{ ui.greet(n, mark=loop.index) }}{{ function(n) }}{% endfor %}",
    "{% macro own(x) %}{{ x }}{% endmacro %}{{ own(name) }}"
    "{% autoescape false %}{{ name }}{{ own(name) }}{% endautoescape %}",
    "{% from 'parts' import greet %}{{ greet(name) }}{{ ui.missing }}",
)
WRONG = ("{{ ui.greet(1, 2, 3, 4) }}", "{{ ui.greet(other=1) }}", "{{ ui.box('a') }}", "{{ ui.nobody() }}")


class Odd:
    """Escapes itself."""

    def __html__(self) -> str:
        return "<odd>"

    def __str__(self) -> str:
        return "odd & more"


def render(kind: type[jinja2.Environment], text: str, autoescape: bool) -> str:
    loader = jinja2.DictLoader({"parts": PARTS, "page": "{% import 'parts' as ui %}" + text})
    page = kind(loader=loader, autoescape=autoescape).get_template("page")
    values = {"name": "<Анна & Ко>", "number": 7, "safe": Markup("<br>"), "none": None, "odd": Odd()}
    return page.render(**values, function=lambda n: f"<{n}>")


@pytest.mark.parametrize("autoescape", [True, False])
@pytest.mark.parametrize("text", TEMPLATES)
def test_a_page_is_the_same(text: str, autoescape: bool) -> None:
    made = render(Ours, text, autoescape)
    assert made == render(jinja2.Environment, text, autoescape)
    assert made.strip()


@pytest.mark.parametrize("text", WRONG)
def test_a_mistake_is_the_same(text: str) -> None:
    with pytest.raises(Exception) as theirs:
        render(jinja2.Environment, text, True)
    with pytest.raises(type(theirs.value)) as ours:
        render(Ours, text, True)
    assert str(ours.value) == str(theirs.value)


def test_what_is_escaped_is_escaped_as_ever() -> None:
    assert [shown(one) for one in ("<'&\">", Markup("<b>"), 1, None)] == [
        "&lt;&#39;&amp;&#34;&gt;",
        "<b>",
        "1",
        "None",
    ]
