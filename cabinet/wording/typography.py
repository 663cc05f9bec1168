"""Russian line breaking: no short word ends a line, no number is separated from what it counts."""

import re
from functools import lru_cache

NBSP = "\u00a0"

# what must stay as it is: text that people edit, code, comments; where headings are; text that has what to
# tie. Each begins with a bracket, so all else is passed over at the speed of a search for that
_MARKS = re.compile(
    r"<(?:(script|style|textarea|pre|title)\b.*?</\1\s*(?=>)|!--.*?--(?=>)|(?P<end>/?)(?P<heading>h[12])\b)",
    re.S | re.I,
)
_TEXTS = re.compile(r">[^<]*[А-Яа-яЁё@+][^<]*")
_CYRILLIC = re.compile("[А-Яа-яЁё]")
_AFTER = "(?:ли|ль|же|ж|бы|б)"
_BEFORE = f"(?!{_AFTER} )(?:[А-Яа-яЁё]{{1,2}}|для|без|под|над|при|про|или)"
_ANY_BUT_BEFORE = (
    rf" (?={_AFTER}(?![\w.-]))"  # есть ли, если бы
    r"|(?<![\w-])(?:г|д|к|кв|корп|стр|лит|ул|пер|пл|пр|наб|ш|обл|пос|с|п)\. (?=\w)"  # ул. Лесная, д. 5
    r"|(?<![\w-])(?:дом|корпус|строение|подъезд|этаж|квартира|участок) (?=\d)"  # подъезд 4
    r"| (?=(?:ш|пр|просп|пер|пл|наб|обл|б-р)\.,)"  # Ленинградское ш., д. 8
    r"|(?<=\d) (?=[а-яё])|№ (?=\d)"  # 5 попыток, № 5
    r"| (?=[—–])"  # a dash does not begin a line
)
_GLUE = re.compile(rf"(?<![\w-]){_BEFORE} (?=[\w«„(+]|\Z)|{_ANY_BUT_BEFORE}", re.I)  # в доме, для вас
# large letters leave no room for a long word and another: it would break inside
_GLUE_IN_HEADINGS = re.compile(rf"(?<![\w-]){_BEFORE} (?=[\w«„(+])(?!\w{{9}})|{_ANY_BUT_BEFORE}", re.I)
_PHONE = re.compile(r"\+7 \d{3} \d{3}-\d\d-\d\d")
_EMAIL = re.compile(r"[\w.+-]+@(?=[\w-]+\.\w)")  # up to the sign


def tie(text: str, heading: bool = False) -> str:
    """Text with no-break spaces where a line must not end; text without Russian letters as it is.

    In a `heading` no short word holds on to a long one.
    """
    glue = _GLUE_IN_HEADINGS if heading else _GLUE
    return glue.sub(lambda match: match[0][:-1] + NBSP, text) if _CYRILLIC.search(text) else text


def tie_html(html: str, breaks: bool = True) -> str:
    """The same for all text of a page; attributes, fields, code and the title stay as they are.

    Phone numbers in running text are kept together too; e-mail addresses may end a line at
    their signs, unless `breaks` is off: mail programs make links of them by themselves.
    """
    heading, begin, html, parts = False, 0, ">" + html, []

    def tied(text: re.Match[str]) -> str:
        return _tied(text[0], heading, breaks)

    for mark in _MARKS.finditer(html):
        parts += [_TEXTS.sub(tied, html[begin : mark.start()]), mark[0]]
        begin = mark.end()
        if mark["heading"]:
            heading = not mark["end"]
    return "".join([*parts, _TEXTS.sub(tied, html[begin:])])[1:]


@lru_cache(maxsize=1024)  # nearly all of it are labels, which each page has
def _tied(text: str, heading: bool, breaks: bool) -> str:
    return _contacts(tie(text, heading), breaks)


def _contacts(text: str, breaks: bool) -> str:
    held = _PHONE.sub(r'<span class="nowrap">\g<0></span>', text) if "+7" in text else text
    if not breaks or "@" not in text:
        return held
    return _EMAIL.sub(lambda name: re.sub("[.@]", r"\g<0><wbr>", name[0]), held)
