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
    r"|(?<![\w-])(?:дом|корпус|строение|подъезд|этаж|квартира|участок) (?=\d)"  # подъезд 4
    r"| (?=(?:ш|пр|просп|пер|пл|наб|обл|б-р)\.,)"  # Ленинградское ш., д. 8
    r"|(?<=\d) (?=[а-яё])|№ (?=\d)"  # 5 попыток, № 5
    r"| (?=[—–])",  # a dash does not begin a line
    re.I,
)
_PHONE = re.compile(r"\+7 \d{3} \d{3}-\d\d-\d\d")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def tie(text: str) -> str:
    """Text with no-break spaces where a line must not end; text without Russian letters as it is."""
    return _GLUE.sub(lambda match: match[0][:-1] + NBSP, text) if _CYRILLIC.search(text) else text


def tie_html(html: str, breaks: bool = True) -> str:
    """The same for all text of a page; attributes, fields, code and the title stay as they are.

    Phone numbers in running text are kept together too; e-mail addresses may end a line at
    their signs, unless `breaks` is off: mail programs make links of them by themselves.
    """
    return _PARTS.sub(lambda part: _contacts(tie(part[0]), breaks) if part["text"] else part[0], html)


def _contacts(text: str, breaks: bool) -> str:
    held = _PHONE.sub(r'<span class="nowrap">\g<0></span>', text)
    if not breaks or "@" not in text:
        return held
    return _EMAIL.sub(lambda address: re.sub(r"[@.](?=\w)", r"\g<0><wbr>", address[0]), held)
