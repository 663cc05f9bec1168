"""Renders messages into words, from `templates/letters/<template>.<sms|txt|html|subject>`.

Residents' messages are named as they are enqueued, the staff's begin with `staff/`. A Jinja environment of
its own, because the worker has no request; the language is the message's.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import css_inline
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cabinet.models import EmailLink, Message, OneTimeCode
from cabinet.models.base import settings
from cabinet.wording.brand import palette
from cabinet.wording.browsers import browser_name
from cabinet.wording.formats import display_phone, format_money
from cabinet.wording.typography import NBSP, tie_html
from config import ROOT

TEMPLATES = ROOT / "cabinet" / "templates"
TRANSLATIONS = ROOT / "cabinet" / "translations"
MOSCOW = timezone(timedelta(hours=3), "МСК")
WORDINGS = 4  # of an SMS, from the friendliest to the shortest
LONGEST_SUBJECT = 150

# some mail programs take no notice of <style>; what depends on the screen stays there
_inliner = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)

# the characters that SMS carry as 7 bits (GSM 03.38); one other character makes the whole SMS 16 bits
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_DOUBLE = frozenset("^{}\\[~]|€")


@dataclass(frozen=True)
class Letter:
    """A letter in words; `html` is empty where there is none."""

    subject: str
    text: str
    html: str


def sms(message: Message) -> str:
    """The text of an SMS: the friendliest wording that costs one segment, else the shortest.

    Templates have up to WORDINGS wordings; the last is repeated for the rest.
    """
    context = _context(message)
    environment = _environment(message.locale, html=False)
    template = environment.get_template(f"letters/{message.template}.sms")
    text = ""
    for wording in range(WORDINGS):
        text = template.render(context, wording=wording).strip().replace(NBSP, " ")
        if segments(text) == 1:
            break
    return text


def outdated(message: Message) -> bool:
    """Whether the message tells of what is no longer so: a code or a link that opens nothing any more."""
    found: OneTimeCode | EmailLink | None
    if message.template == "code":
        found = OneTimeCode.get_or_none(OneTimeCode.id == message.data.get("code"))
    elif message.template == "confirm_email":
        found = EmailLink.get_or_none(EmailLink.id == message.data.get("link"))
    else:
        return False
    return found is None or not found.live


def mail(message: Message) -> Letter:
    """The subject, the plain text and the HTML of a letter."""
    context = _context(message)
    plain = _environment(message.locale, html=False)
    subject = one_line(plain.get_template(f"letters/{message.template}.subject").render(context))
    text = plain.get_template(f"letters/{message.template}.txt").render(context).strip() + "\n"
    text = re.sub(r"\n{3,}", "\n\n", text)
    html = _environment(message.locale, html=True).get_template(f"letters/{message.template}.html")
    looks = _inliner.inline(tie_html(html.render(context, subject=subject))).replace("&nbsp;", NBSP)
    return Letter(subject, text, looks)


def one_line(text: str) -> str:
    """Text fit for a mail header: one line, no control characters, not overlong."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST_SUBJECT]


def segments(text: str) -> int:
    """How many SMS the text is charged as."""
    if all(c in GSM or c in GSM_DOUBLE for c in text):
        length, single, joined = sum(2 if c in GSM_DOUBLE else 1 for c in text), 160, 153
    else:
        length, single, joined = len(text.encode("utf-16-le")) // 2, 70, 67
    return 1 if length <= single else -(-length // joined)


def bound_line(digits: str) -> str:
    """The last line of a code's SMS, by which phones offer the code to the right site only; may be empty.

    SMS_BOUND_LINE with `{code}` in it, else WebOTP's: `@site #code @cabinet` inside somebody else's page,
    `@cabinet #code` where the cabinet stands alone.
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
        code = OneTimeCode.get_by_id(message.data["code"])
        context |= {"digits": code.digits, "bound_line": bound_line(code.digits)}
    if message.template == "confirm_email":
        link = EmailLink.get_by_id(message.data["link"])
        context |= {"link": f"{s.public_url}/email/{link.token}", "until": link.expires_at.isoformat()}
    return context


@lru_cache(maxsize=16)
def _environment(language: str, html: bool) -> Environment:
    """The environment of one language; an unknown language is Russian, in which the templates are written."""
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        locale = Locale("ru")
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=html,  # noqa: S701 (plain text has nothing to escape)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    translations = Translations.load(TRANSLATIONS, [locale])
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["locale"] = locale.language
    gettext = translations.gettext
    moscow = gettext("МСК")

    def day(iso: str | None) -> str:
        return format_date(date.fromisoformat(iso), "dd.MM.yyyy", locale) if iso else "—"

    def long_day(iso: str) -> str:
        return format_date(date.fromisoformat(iso), "d MMMM yyyy", locale)

    def month(iso: str | None) -> str:
        return format_date(date.fromisoformat(iso), "LLLL yyyy", locale) if iso else "—"

    def moment(iso: str) -> str:
        return format_datetime(datetime.fromisoformat(iso), f"dd.MM.yyyy HH:mm '{moscow}'", MOSCOW, locale)

    environment.filters.update(
        browser=lambda user_agent: browser_name(user_agent, gettext),
        day=day,
        long_day=long_day,
        month=month,
        moment=moment,
        money=lambda kopecks: "—" if kopecks is None else format_money(kopecks, locale.language),
        phone=display_phone,
    )
    return environment
