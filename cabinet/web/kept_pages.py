"""Pages that are made once and kept: the same for all visitors but for their tokens and what is filled in."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, current_app, make_response

from cabinet.web import session_keys as keys
from cabinet.web.compression import compress
from cabinet.web.current import request
from cabinet.web.flow import by_htmx, page, varying
from cabinet.web.form_tokens import form_token
from cabinet.web.sessions import session
from cabinet.web.translated import language

TOKEN = "{csrf_token}"  # noqa: S105 — where the token goes in a kept page
MOST_KEPT = 64

Context = Callable[[], dict[str, Any]]


def page_for_all(template: str, context: Context, variant: str = "") -> Response:
    """A page that all visitors share but for the token of its forms; made once for each look and variant.

    Only where the session says nothing else (`has_only_a_look`); the context must not depend on the visitor.
    """
    response = kept_step(template, (variant,), context, {})
    return response if session.get(keys.ACCENT) else compress(response)  # the accent is anybody's choice


def kept_step(
    template: str, variant: tuple[Any, ...], context: Context, filled: Mapping[str, str]
) -> Response:
    """A page or step that says nothing of its visitor but what is `filled` in, by the mark in its place.

    The context, with these marks, must not depend on the visitor but by the `variant`. `filled` is HTML.
    A step's only where `nothing_said`; not compressed, for what is filled in may be what somebody typed.
    """
    made: dict[tuple[Any, ...], str] = current_app.extensions.setdefault("kept_pages", {})
    framed = request.headers.get("Sec-Fetch-Dest") == "iframe"
    look = map(session.get, keys.LOOK)
    key = (template, variant, language(), *look, session.presented, framed, by_htmx())
    html = made.get(key)
    if html is None:
        html = page(template, **context()).get_data(as_text=True).replace(form_token(), TOKEN)
        if len(made) >= MOST_KEPT:
            made.clear()
        made[key] = html
    html = html.replace(TOKEN, form_token())
    for mark, text in filled.items():
        html = html.replace(mark, text)
    return varying(make_response(html))


def has_only_a_look() -> bool:
    """Whether nothing was done in this session, nor said to it."""
    return session.keys() <= {keys.CSRF_TOKEN, *keys.LOOK}


def nothing_said() -> bool:
    """Whether a fragment is asked for, and the session has no sentence or rejected form for the next step."""
    return by_htmx() and session.keys().isdisjoint((keys.NOTICE, keys.REJECTED, keys.TYPED))
