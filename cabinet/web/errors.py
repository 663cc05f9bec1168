"""Error pages: one template, as a page or a fragment, that says what to do."""

import logging
from collections.abc import Callable
from typing import Any

import peewee
from flask import Flask, Response, make_response, render_template
from flask_babel import gettext as _
from flask_login import logout_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError
from werkzeug.wrappers import Response as BaseResponse

from cabinet.models.attempt import TooManyError
from cabinet.models.connections import NoConnectionError
from cabinet.models.user import CredentialsChangedError
from cabinet.passwords.hashing import BusyError
from cabinet.telemetry import cause, crashes, events
from cabinet.web import outage
from cabinet.web.current import request
from cabinet.web.flow import advance, flash, page
from cabinet.web.sessions import session
from cabinet.wording.waits import wait_words

log = logging.getLogger(__name__)


def _texts(status: int) -> tuple[str, str]:
    if status == 404:
        return _("Такой страницы нет"), _("Возможно, ссылка устарела. Начните с первой страницы.")
    if status == 413:
        return _("Слишком много данных"), _("Введите текст короче или выберите файл поменьше.")
    if status == 429:
        return _("Слишком много обращений"), _("Подождите минуту и попробуйте ещё раз.")
    if status == 503:
        return _("Сейчас много посетителей"), _("Подождите несколько секунд и повторите.")
    if status >= 500:
        return _("Что-то сломалось у нас"), _("Мы уже знаем об этом. Попробуйте ещё раз через минуту.")
    return _("Не удалось выполнить"), _("Обновите страницу и попробуйте ещё раз.")


def error_page(status: int, title: str = "", text: str = "", retry_after: int = 0) -> Response:
    """The page of an error status.

    It names the request where support may look for what went wrong; what is missing is so for all alike.
    """
    standard = _texts(status)
    title, text = title or standard[0], text or standard[1]
    name = cause.current() if status == 400 or status >= 500 else ""
    response = page("error.html", status, title=title, text=text, request_id=name)
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def stale_form(_error: CSRFError) -> Response:
    """A form without its token: the browser stores no cookie, or the page was open too long."""
    events.tell("csrf")
    if not session.presented:
        framed = request.headers.get("Sec-Fetch-Dest") != "document"
        return page(
            "error.html",
            400,
            title=_("Браузер не сохраняет cookie"),
            text=_("Внутри этой страницы кабинет работать не сможет. Откройте его в новой вкладке.")
            if framed
            else _("Без них кабинет не узнает вас. Разрешите сайту cookie или включите JavaScript."),
            new_tab=framed,
            request_id=cause.current(),
        )
    return error_page(
        400, _("Страница устарела"), _("Она была открыта слишком долго. Обновите её и повторите.")
    )


def unknown_host(_error: SecurityError) -> BaseResponse:
    """The host is not ours, so there is nothing to link to."""
    events.tell("unknown_host")
    return make_response(render_template("unknown_host.html"), 400)


def http_error(error: HTTPException) -> BaseResponse:
    """A view or Flask itself refused the request with a status."""
    if error.response is not None or not error.code or error.code < 400:
        return error.get_response()
    if error.code == 429:
        events.limit_reached("requests")
    response = error_page(error.code, retry_after=60 if error.code == 429 else 0)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.allow.update(error.valid_methods)
    return response


def too_many(error: TooManyError) -> Response:
    """A limit was reached where no form could say so."""
    events.limit_reached(error.limit)
    return error_page(
        429,
        _("Слишком много попыток"),
        _("Попробуйте ещё раз %(when)s.", when=wait_words(error.wait)),
        error.wait,
    )


def credentials_changed(_error: CredentialsChangedError) -> BaseResponse:
    """What was under way was begun with a password or a phone that is no more."""
    logout_user()
    session.disown()
    flash(_("Данные для входа изменились. Войдите ещё раз."), "info")
    return advance("entry.phone")


def busy(_error: Exception) -> Response:
    """Too many requests wait for a hash or a connection in this process."""
    events.tell("busy")
    return error_page(503, retry_after=1)


def broken(error: Exception) -> Response:
    """A bug. The log names code, never values: arguments may be personal."""
    frames = []
    trace = error.__traceback__
    while trace:
        frames.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    log.error("unhandled %s at %s", type(error).__name__, " < ".join(reversed(frames[-8:])))
    crashes.tell(error, request.url_rule.rule if request.url_rule else "")
    return error_page(500)


HANDLERS: dict[type[Exception], Callable[[Any], BaseResponse]] = {
    CSRFError: stale_form,
    SecurityError: unknown_host,
    HTTPException: http_error,
    TooManyError: too_many,
    CredentialsChangedError: credentials_changed,
    BusyError: busy,
    NoConnectionError: busy,
    peewee.OperationalError: outage.database_away,
    peewee.InterfaceError: outage.database_away,
    Exception: broken,
}


def init_app(app: Flask) -> None:
    """Answer every error with the page."""
    for error, handler in HANDLERS.items():
        app.register_error_handler(error, handler)
