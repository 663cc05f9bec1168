"""Words waiting times in the language of the request; the one part of wording that needs Flask."""

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup


def counting_down(sentence: str, seconds: int) -> Markup:
    """The sentence with its « %(when)s» in words, which the page's script counts down and then takes away."""
    before, _when, after = sentence.partition(" %(when)s")
    preposition, _space, time = wait_words(seconds).partition(" ")
    line = Markup('{}<span data-countdown="{}"> {} <span data-clock>{}</span></span>{}')
    return line.format(before, seconds, preposition, time, after)


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
