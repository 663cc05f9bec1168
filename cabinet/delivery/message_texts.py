"""Renders the texts of messages from `templates/letters/<template>.<sms|max|txt|html|subject>`.

Residents' messages are named as they are enqueued, the staff's begin with `staff/`.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from cabinet.delivery.templates import environment
from cabinet.models import EmailLink, Invitation, MaxContact, Message, OneTimeCode
from cabinet.models.base import settings
from cabinet.wording.brand import palette
from cabinet.wording.typography import NBSP, tie_html

WORDINGS = 4  # of an SMS, from the friendliest to the shortest
LONGEST_SUBJECT = 150

# what an SMS carries as 7-bit characters (GSM 03.38); a single other one makes the whole SMS 16-bit
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_DOUBLE = frozenset("^{}\\[~]|€")


@lru_cache(maxsize=1)
def _inliner() -> Any:
    """Some mail programs ignore <style>; only media queries stay there."""
    import css_inline  # letters alone need it

    return css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)


@dataclass(frozen=True)
class Email:
    """A rendered e-mail; `html` is empty where there is none."""

    subject: str
    text: str
    html: str


def sms(message: Message) -> str:
    """The text of an SMS: the friendliest wording that costs one segment, else the shortest.

    Templates have up to WORDINGS wordings; the last is repeated for the rest.
    """
    context = _context(message)
    template = environment(message.locale, html=False).get_template(f"letters/{message.template}.sms")
    text = ""
    for wording in range(WORDINGS):
        text = template.render(context, wording=wording).strip().replace(NBSP, " ")
        if segments(text) == 1:
            break
    return text


def chat(message: Message) -> str:
    """The text of a message by MAX: its own, or the friendliest wording of its SMS."""
    own = f"letters/{message.template}.max"
    template = environment(message.locale, html=False).select_template(
        [own, f"letters/{message.template}.sms"]
    )
    return template.render(_context(message), wording=0).strip()


def button(message: Message) -> str:
    """What the button under a message by MAX says, that sends the reader's contact; mostly there is none."""
    if message.template != "max_contact":
        return ""
    template = environment(message.locale, html=False).get_template("letters/max_contact_button.max")
    return template.render().strip()


def digits(message: Message) -> str:
    """The digits of the code that the message carries; empty if it is no code."""
    found = OneTimeCode.find(message.data.get("code"))
    return found.digits if found and message.template == "code" else ""


def outdated(message: Message) -> bool:
    """Whether the message carries a code or a link that no longer works, or invites nobody any more."""
    found: OneTimeCode | EmailLink | Invitation | None
    if message.template == "code":
        found = OneTimeCode.find(message.data.get("code"))
        if found and "max" in message.data and not MaxContact.may_prove(found):
            return True
    elif message.template == "confirm_email":
        found = EmailLink.get_or_none(EmailLink.id == message.data.get("link"))
    elif message.template == "invitation":
        found = Invitation.find(message.data["invitation"])
    else:
        return False
    return found is None or not found.live


def mail(message: Message) -> Email:
    """The subject, the plain text and the HTML of an e-mail."""
    context = _context(message)
    plain = environment(message.locale, html=False)
    subject = one_line(plain.get_template(f"letters/{message.template}.subject").render(context))
    text = plain.get_template(f"letters/{message.template}.txt").render(context).strip() + "\n"
    text = re.sub(r"\n{3,}", "\n\n", text)
    html = environment(message.locale, html=True).get_template(f"letters/{message.template}.html")
    styled = (
        _inliner()
        .inline(tie_html(html.render(context, subject=subject), breaks=False))
        .replace("&nbsp;", NBSP)
    )
    return Email(subject, text, styled)


def one_line(text: str) -> str:
    """Text fit for a mail header: one line, no control characters, not overlong."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST_SUBJECT]


def segments(text: str) -> int:
    """The number of SMS that the text is billed as."""
    if all(c in GSM or c in GSM_DOUBLE for c in text):
        length, single, joined = sum(2 if c in GSM_DOUBLE else 1 for c in text), 160, 153
    else:
        length, single, joined = len(text.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= single else -(-length // joined)


def bound_line(digits: str) -> str:
    """The last line of a code's SMS, by which phones offer the code on the right site only; may be empty.

    SMS_BOUND_LINE with `{code}` filled in, else WebOTP's: `@site #code @cabinet` when framed by another site,
    `@cabinet #code` when the cabinet stands alone.
    """
    s = settings()
    if s.sms_bound_line:
        return s.sms_bound_line.replace("{code}", digits)
    cabinet = _host(s.public_url)
    if not cabinet:
        return ""
    site = next(filter(None, map(_host, s.frame_ancestors)), cabinet)
    return f"@{cabinet} #{digits}" if site == cabinet else f"@{site} #{digits} @{cabinet}"


def _host(origin: str) -> str:
    """The host of an origin in its ASCII form; of `https://*.example.ru` that is example.ru."""
    host = urlsplit(origin if "//" in origin else f"//{origin}").hostname or ""
    host = host.removeprefix("*.")
    try:
        return host.encode("idna").decode() if "'" not in host else ""
    except UnicodeError:
        return ""


def _context(message: Message) -> dict[str, Any]:
    s = settings()
    context = {
        **message.data,
        "brand": s.brand_name,
        "light": palette(s.brand_accent),
        "dark": palette(s.brand_accent, dark=True),
        "public_url": s.public_url,
        "support_phone": s.support_phone,
    }
    if message.template == "code":
        known = digits(message)
        context |= {"digits": known, "bound_line": bound_line(known)}
    if message.template == "confirm_email":
        link = EmailLink.get_by_id(message.data["link"])
        context |= {"link": f"{s.public_url}/email/{link.token}", "until": link.expires_at.isoformat()}
    return context
