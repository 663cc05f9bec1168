"""Pages, fragments and moving between steps: the only file that knows htmx.

A page and its fragment are one template: `layout` is the whole document or the bare step. Errors answer 422
with the same template; a plain form (no htmx, session in a cookie) is sent back to the step by 303, which
shows what was typed and what was wrong, so that Back never asks to resubmit a form.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Response, current_app, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from cabinet.forms.base import StepForm
from cabinet.web import session_keys as keys
from cabinet.web.current import request
from cabinet.web.security import vary
from cabinet.web.sessions import session
from cabinet.web.shell import around, tidy

F = TypeVar("F", bound=StepForm)


def by_htmx() -> bool:
    """Whether htmx wants the fragment: not on a plain navigation, nor when Back restores a page."""
    sent = request.environ.get
    return sent("HTTP_HX_REQUEST") == "true" and sent("HTTP_HX_HISTORY_RESTORE_REQUEST") != "true"


def alone() -> bool:
    """Whether this page stands by itself: neither a step that htmx brings, nor in a frame."""
    return not by_htmx() and request.headers.get("Sec-Fetch-Dest") != "iframe"


def page(
    template: str,
    status: int = 200,
    layouts: tuple[str, str] | None = None,
    **context: Any,
) -> Response:
    """Render a step as a page or as a fragment; by `layouts`, these two, where they are not residents'."""
    fragment = by_htmx()
    layout = layouts[fragment] if layouts else "_fragment.html"
    form = context.get("form")
    wrong = status >= 400 or bool(form is not None and (form.errors or form.form_errors))
    name = template.removesuffix(".html")  # says which step it is and nothing of whose
    context |= {"layout": layout, "error_title": wrong, "step_name": name}
    html = tidy(render_template(template, **context))
    response = varying(make_response(html if fragment or layouts else around(html, name), status))
    if fragment and status >= 400:
        response.headers["HX-Push-Url"] = "false"
    return response


def varying(response: Response) -> Response:
    """Say that the answer is a page or a fragment, as the request asks."""
    vary(response, "HX-Request, HX-History-Restore-Request")
    return response


def advance(endpoint: str, **values: Any) -> BaseResponse:
    """Go on to a step: with htmx its fragment comes in this very response, without it by 303."""
    session.pop(keys.REJECTED, None)
    return _show(endpoint, values)


def _show(endpoint: str, values: dict[str, Any]) -> BaseResponse:
    url = url_for(endpoint, **values)
    if not by_htmx():
        return redirect(url, 303)
    response = make_response(current_app.view_functions[endpoint](**values))
    response.headers.setdefault("HX-Push-Url", url)  # the view may have led on by itself
    return response


def leave_for(address: str) -> BaseResponse:
    """Go on to an address of ours, with its parameters, as to a page that is loaded anew."""
    session.pop(keys.REJECTED, None)
    if not by_htmx():
        return redirect(address, 303)
    response = Response(status=204)
    response.headers["HX-Redirect"] = address
    return response


def to_wait(response: BaseResponse, seconds: int) -> BaseResponse:
    """Answer 429 with Retry-After: after so many seconds it may be asked again."""
    response.status_code = 429
    response.headers["Retry-After"] = str(seconds)
    return response


def wait_at(endpoint: str, seconds: int) -> BaseResponse:
    """Go on to a step where something has to be waited for: the step itself, as 429 with Retry-After."""
    session.pop(keys.REJECTED, None)
    response = to_wait(make_response(current_app.view_functions[endpoint]()), seconds)
    if by_htmx():
        response.headers["HX-Push-Url"] = url_for(endpoint)
    return response


def replace_address(response: BaseResponse) -> BaseResponse:
    """Let a fragment's address take the place of the present one, without a step of history."""
    address = response.headers.pop("HX-Push-Url", None)
    if address:
        response.headers["HX-Replace-Url"] = address
    return response


def in_place_of(selector: str, response: Response) -> Response:
    """Let a fragment take the place of one element, not of the step."""
    response.headers["HX-Retarget"] = selector
    return response


def in_place_of_step(response: BaseResponse) -> BaseResponse:
    """Let a fragment take the place of the step, though an element asked for it that is only a part."""
    if by_htmx():
        response.headers.update({"HX-Retarget": "#step", "HX-Reswap": "outerHTML"})
    return response


def reject(view: Callable[..., BaseResponse], form: StepForm, **asked: str) -> BaseResponse:
    """Show a step again with what is wrong beside its fields and what was typed in them.

    `view` is the step's GET view; it takes the form. One that `refuse` was called on is answered 429 with
    Retry-After, any other 422. `asked` are parameters of the step's address, which this one has, too.
    """
    if form.retry_after is None and not by_htmx() and session.by_cookie:
        session[keys.REJECTED] = form.remember()
        return redirect(_own_address(view, **asked), 303)
    response = make_response(view(form=form, **(request.view_args or {})))
    response.status_code = 422
    if by_htmx():
        response.headers["HX-Push-Url"] = "false"
    return response if form.retry_after is None else to_wait(response, form.retry_after)


def show_again(view: Callable[..., BaseResponse], form: StepForm) -> BaseResponse:
    """Show a step again with a form that was filled in for its sender; nothing is wrong.

    `view` is the step's GET view; it takes the form. It is no step of history: one Back leaves it.
    """
    address = _own_address(view)
    if by_htmx() or session.by_cookie:
        session[keys.REJECTED] = form.remember()
    if not by_htmx() and session.by_cookie:
        return redirect(address, 303)
    response = make_response(view(form=form, **(request.view_args or {})))
    if by_htmx():
        response.headers["HX-Replace-Url"] = address
    return response


def _own_address(view: Callable[..., BaseResponse], **asked: str) -> str:
    for endpoint, function in current_app.view_functions.items():
        if function is view:
            return url_for(endpoint, **{**(request.view_args or {}), **asked})
    raise LookupError(f"{view.__name__} has no address")


def form_for_get(form_class: type[F], **values: Any) -> F:
    """The form of a GET: what was typed before it had to wait, or was rejected, else these values."""
    form = form_class(formdata=None, data=values)
    if keys.TYPED in session:
        session[keys.REJECTED] = session.pop(keys.TYPED)
    rejected = session.get(keys.REJECTED)
    if rejected and rejected.get("form") == form_class.__name__:
        form.recall(rejected)
    return form


@dataclass(frozen=True)
class Flashed:
    """A sentence for one page; `kind` is that of a notice: done, info or warn."""

    text: str
    kind: str

    def __str__(self) -> str:
        return self.text


def flash(text: str, kind: str = "done") -> None:
    """Show a sentence on the next page."""
    session[keys.NOTICE] = [text, kind]


def start_over() -> BaseResponse:
    """Go to the first screen: the session ran out, or nothing began here; not said to signed-in residents."""
    return advance(from_the_start())


def from_the_start() -> str:
    """The first screen, which will say why; `start_over` without going there."""
    if session.presented and not session.get(keys.USER_ID):
        flash(_("Прошло слишком много времени. Введите номер телефона ещё раз."), "info")
    return "entry.phone"


def flashed() -> Flashed | None:
    """The sentence left by `flash`, once."""
    if keys.NOTICE not in session:
        return None
    kept = session.pop(keys.NOTICE)
    return Flashed(
        *(kept if isinstance(kept, list) else (kept, "info"))
    )  # a text alone: of the version before
