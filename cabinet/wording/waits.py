"""Words waiting times in the language of the request; the one part of wording that needs Flask."""

from flask_babel import gettext as _
from flask_babel import ngettext


def wait_words(seconds: int) -> str:
    """«через 5 минут»: when to try again, rounded up to what people say."""
    words: str
    if seconds < 60:
        words = ngettext("через %(num)d секунду", "через %(num)d секунд", seconds)
    elif seconds < 3600:
        words = ngettext("через %(num)d минуту", "через %(num)d минут", -(-seconds // 60))
    elif seconds < 86400:
        words = ngettext("через %(num)d час", "через %(num)d часов", -(-seconds // 3600))
    else:
        words = _("через сутки")
    return words
