"""Parses e-mail addresses."""

from email_validator import EmailNotValidError, validate_email

from cabinet.fields.cleaning import INVISIBLE, FieldError


def email(text: str) -> str:
    """The address with its domain in lower-case ASCII (`почта.рф` as punycode), the local part as typed.

    Only its form is checked, not whether the mailbox exists; special-use domains (`.test`) are refused.
    Codes: empty, not_an_email, comma (in place of a dot in the domain). At most 254 characters.
    """
    if len(text) > 1000:
        raise FieldError("not_an_email")
    text = text.translate(INVISIBLE).strip()
    if not text:
        raise FieldError("empty")
    if len(text) > 254:
        raise FieldError("not_an_email")
    try:
        return _checked_email(text)
    except FieldError:
        local, at, domain = text.rpartition("@")
        if "," not in domain:
            raise
    _checked_email(local + at + domain.replace(",", "."))
    raise FieldError("comma")


def _checked_email(text: str) -> str:
    try:
        checked = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except (EmailNotValidError, UnicodeError):
        raise FieldError("not_an_email") from None
    address = f"{checked.local_part}@{checked.ascii_domain.lower()}"
    if len(address) > 254:
        raise FieldError("not_an_email")
    return address
