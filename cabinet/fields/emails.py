"""Parses e-mail addresses."""

import re

from cabinet.fields.cleaning import INVISIBLE, FieldError

_ANGLED = re.compile(r"[^<>@]*<([^<>]*)>")
_LABEL = re.compile(r"[\w .-]{1,20}: *(?=[^:]*@)")  # «почта: …», `mailto:…`
_QUOTED = re.compile(r"""^(["'])([^"'@]*)\1 *@""")  # 'anna'@mail.ru
_CYRILLIC, _LATIN = re.compile("[а-яё]", re.I), re.compile("[a-z]", re.I)


def email(text: str) -> str:
    """The address with its domain in lower-case ASCII (`почта.рф` as punycode), the local part as typed.

    A name before `<…>`, marks behind the address and spaces beside its `@` and in the domain do not matter.
    Only its form is checked, not whether the mailbox exists; special-use domains (`.test`) are refused.
    Codes: empty, not_an_email (detail russian_letters), comma (in place of a dot in the domain). At most 254
    characters.
    """
    if len(text) > 1000:
        raise FieldError("not_an_email")
    text = text.translate(INVISIBLE).strip()
    if not text:
        raise FieldError("empty")
    text = _bare(text)
    if len(text) > 254:
        raise FieldError("not_an_email")
    _refuse_russian_letters(text)
    try:
        return _checked_email(text)
    except FieldError:
        local, at, domain = text.rpartition("@")
        if "," not in domain:
            raise
    _checked_email(local + at + domain.replace(",", "."))
    raise FieldError("comma")


def _bare(text: str) -> str:
    """The address without what people and keyboards put around it."""
    angled = _ANGLED.fullmatch(text)
    text = _QUOTED.sub(r"\2@", (angled[1] if angled else text).strip())
    text = _LABEL.sub("", text.strip(" \t\n\r\"'«»"))
    if "\n" not in text and "\r" not in text:
        local, at, domain = text.rpartition("@")
        if not re.search(r"\.(?! )", text.rstrip(" .,;")):  # a keyboard put a space behind each dot
            local = local.replace(". ", ".")
        text = local.rstrip(" ") + at + re.sub(r" *\. *", ".", domain.strip(" "))
    return text.rstrip(" .,;")


def _refuse_russian_letters(text: str) -> None:
    """Raises FieldError for Cyrillic before the @, where no mail goes, and amid Latin letters after it."""
    local, at, domain = text.rpartition("@")
    mixed = any(_CYRILLIC.search(label) and _LATIN.search(label) for label in domain.split("."))
    if at and (_CYRILLIC.search(local) or mixed):
        raise FieldError("not_an_email", "russian_letters")


def _checked_email(text: str) -> str:
    from email_validator import EmailNotValidError, validate_email  # a tenth of the start of a billing job

    try:
        checked = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except (EmailNotValidError, UnicodeError):
        raise FieldError("not_an_email") from None
    address = f"{checked.local_part}@{checked.ascii_domain.lower()}"
    if len(address) > 254 or len(address.rpartition(".")[2]) < 2:  # there is no domain of one letter
        raise FieldError("not_an_email")
    return address
