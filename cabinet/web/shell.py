"""What stands around each step in residents' pages, made once for each language and look."""

import re

from flask import current_app, render_template, url_for
from markupsafe import escape

from cabinet.web import session_keys as keys
from cabinet.web.current import request
from cabinet.web.sessions import session
from cabinet.web.translated import language
from cabinet.wording.typography import tie_html

PATH = "{own_path}"  # where the page's own address goes
MOST_KEPT = 64
_GAP = re.compile(r">\s*\n\s*<")  # between tags: pages are not compressed, for they hold secrets
_OF_THE_STEP = re.compile(r"<title>.*?</title>|<main\b.*?</main>", re.S)

Parts = tuple[str, str, str]


def tidy(html: str) -> str:
    """Markup as it is sent: lines end where they may, and nothing stands between tags."""
    return _GAP.sub(">\n<", tie_html(html))


def around(fragment: str, step: str) -> str:
    """The whole page of a step, by its fragment (title and main part) and its name."""
    head, middle, tail = _parts(step)
    title, end, main = fragment.partition("</title>")
    return f"{head}{title}{end}{middle}{main.strip()}{tail.replace(PATH, escape(own_path()))}"


def _parts(step: str) -> Parts:
    """What comes before the title, between title and step, and after the step."""
    made: dict[tuple[object, ...], Parts] = current_app.extensions.setdefault("shells", {})
    framed = request.headers.get("Sec-Fetch-Dest") == "iframe"
    first = step == "entry/phone"
    key = (language(), *map(session.get, keys.LOOK), session.presented, framed, first)
    if key not in made:
        html = tidy(render_template("base.html", own_path=lambda: PATH, step_name=step))
        head, middle, tail = _OF_THE_STEP.split(html)
        if len(made) >= MOST_KEPT:
            made.clear()
        made[key] = head, middle, tail
    return made[key]


def own_path() -> str:
    """The address of this page for a link, without parameters; the first page where it is none of ours.

    Built from the route: as the visitor wrote it, browsers might read it as that of another site.
    """
    if request.endpoint is None or request.method != "GET":
        return url_for("entry.phone")
    return url_for(request.endpoint, **(request.view_args or {}))
