"""Russian line breaking: no short word ends a line, no number is separated from what it counts."""

import re

NBSP = "\u00a0"

# what is between tags, and what must stay as it is: text that people edit, code, tags themselves
_PARTS = re.compile(
    r"<(script|style|textarea|pre|title)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>|(?P<text>[^<]+)", re.S | re.I
)
_CYRILLIC = re.compile("[А-Яа-яЁё]")
_AFTER = "(?:ли|ль|же|ж|бы|б)"
_BEFORE = f"(?!{_AFTER} )(?:[А-Яа-яЁё]{{1,2}}|для|без|под|над|при|про|или)"
_GLUE = re.compile(
    rf" (?={_AFTER}(?![\w.-]))"  # есть ли, если бы
    rf"|(?<![\w-]){_BEFORE} (?=[\w«„(+]|\Z)"  # в доме, для вас
    r"|(?<![\w-])(?:г|д|к|кв|корп|стр|лит|ул|пер|пл|пр|наб|ш|обл|пос|с|п)\. (?=\w)"  # ул. Лесная, д. 5
    r"| (?=(?:ш|пр|просп|пер|пл|наб|обл|б-р)\.,)"  # Ленинградское ш., д. 8
    r"|(?<=\d) (?=[а-яё])|№ (?=\d)"  # 5 попыток, № 5
    r"| (?=[—–])",  # a dash does not begin a line
    re.I,
)
_PHONE = re.compile(r"\+7 \d{3} \d{3}-\d\d-\d\d")


def tie(text: str) -> str:
    """Text with no-break spaces where a line must not end; text without Russian letters as it is."""
    return _GLUE.sub(lambda match: match[0][:-1] + NBSP, text) if _CYRILLIC.search(text) else text


def tie_html(html: str) -> str:
    """The same for all text of a page; attributes, fields, code and the title stay as they are.

    Phone numbers in running text are kept together too.
    """
    return _PARTS.sub(lambda part: _hold_phones(tie(part[0])) if part["text"] else part[0], html)


def _hold_phones(text: str) -> str:
    return _PHONE.sub(r'<span class="nowrap">\g<0></span>', text)
