"""Assembles the Flask application from its parts."""

import os
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import click
import email_validator  # noqa: F401 (for `fields.emails`, before a server forks)
from flask import Flask, Request, Response
from flask.cli import AppGroup
from flask.globals import _cv_request
from flask.templating import Environment
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import MapAdapter
from werkzeug.wsgi import get_host

from cabinet.entry import another_code, session_views
from cabinet.entry import views as entry
from cabinet.home import max_link, merging, merging_receipt, passkeys, privacy, profile, reauthentication
from cabinet.home import views as home
from cabinet.login import passkeys as passkey_login
from cabinet.login import recovery, returning
from cabinet.login import views as login
from cabinet.models import base
from cabinet.models.readiness import Readiness
from cabinet.passwords.hashing import Hasher
from cabinet.public import callbacks, embedding, event_feed, metrics, pages, watching, well_known
from cabinet.register import views as register
from cabinet.register import way_back
from cabinet.requests import uploads
from cabinet.requests import views as requests
from cabinet.staff import views as staff
from cabinet.telemetry import logs
from cabinet.web import (
    again,
    answers,
    assets,
    configuration,
    connection,
    errors,
    extensions,
    form_tokens,
    incoming,
    observation,
    outage,
    security,
    sessions,
    sign_in,
    templating,
    translated,
)
from cabinet.wording import catalogues
from cabinet.wording.kept_templates import kept_templates
from config import Settings
from config_check import problems

JOURNEYS = (
    *(entry, another_code, session_views, register, way_back, login, recovery, returning, passkey_login),
    *(home, profile, max_link, merging, merging_receipt, privacy, passkeys, reauthentication, requests),
)
OTHER_PAGES = (pages, well_known, callbacks, event_feed, staff, metrics, embedding)


METHODS = ("GET", "HEAD", "POST")  # others may make up any
HOST = ("wsgi.url_scheme", "HTTP_HOST", "SERVER_NAME", "SERVER_PORT")  # what of a request says it


@lru_cache(maxsize=64)
def _host(given: tuple[Any, ...], trusted: tuple[str, ...]) -> str:
    """The host that these name, mostly the same. Raises SecurityError for a foreign one."""
    named = zip(HOST, given, strict=True)
    return get_host({name: value for name, value in named if value is not None}, trusted)


class Commands(AppGroup):
    """The commands, loaded when one is asked for: a web process needs nothing of what they do."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        self._load()
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._load()
        return super().list_commands(ctx)

    def _load(self) -> None:
        from cabinet.commands.every import COMMANDS

        self.commands = {**{command.name or "": command for command in COMMANDS}, **self.commands}


class Application(Flask):
    """Flask, for functions alone, whose templates are compiled for each language."""

    jinja_environment: type[Environment] = translated.Environments
    request_class = incoming.Incoming
    response_class = answers.Answer

    def __init__(self, name: str) -> None:
        super().__init__(name, static_folder=None)
        self.cli = Commands(self.name)
        self.jinja_loader = kept_templates()
        self.addresses: dict[tuple[str, str], str] = {}  # by endpoint and the method of who asks

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No view is a coroutine; to look at each function that Flask calls costs more than the log."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """What finds the rule of a request, whose host is looked at once; Flask does so twice."""
        if request is None:
            return super().create_url_adapter(None)
        request.trusted_hosts = self.config["TRUSTED_HOSTS"]
        given = tuple(map(request.environ.get, HOST))
        request.host = _host(given, tuple(request.trusted_hosts or ()))
        asked = request.method, request.path, request.query_string.decode(errors="replace")
        return self.url_map.bind(request.host, request.root_path, "", request.scheme, *asked)

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """The address of a view; that of one which is given nothing is looked for once."""
        context = _cv_request.get(None)
        adapter = context.url_adapter if context else None
        given = endpoint[:1] == "." or any(value is not None for value in values.values())
        if adapter is None or given or adapter.script_name != "/" or adapter.default_method not in METHODS:
            return super().url_for(endpoint, **values)
        key = endpoint, adapter.default_method
        if key not in self.addresses:
            self.addresses[key] = super().url_for(endpoint, **values)
        return self.addresses[key]

    def full_dispatch_request(self) -> Response:
        """Answer the request; once more where the database failed in passing and nothing was written."""
        return again.answer_again(self, super().full_dispatch_request())


def build(settings: Settings) -> Flask:
    """The application. Raises ValueError listing what is wrong with the settings."""
    if found := problems(settings):
        raise ValueError("\n".join(found))
    logs.configure(settings.log_level, settings.log_format)
    base.configure(settings)
    catalogues.compile_all()
    app = Application(__package__)
    app.config.from_mapping(configuration.flask_config(settings))
    observation.init_app(app, behind_proxy=settings.trusted_proxies > 0)
    _trust_proxies(app, settings.trusted_proxies)
    for part in (
        security,
        outage,
        again,
        sign_in,
        uploads,
        sessions,
        assets,
        templating,
        errors,
        extensions,
        form_tokens,
    ):
        part.init_app(app)
    watching.init_app(app)
    app.extensions["hasher"] = _hasher(settings)
    app.extensions["readiness"] = Readiness()
    for module in (*JOURNEYS, *OTHER_PAGES):
        app.register_blueprint(module.bp)
    extensions.csrf.exempt(callbacks.bp)
    if settings.demo:
        _demonstrate(app)
    return app


def _demonstrate(app: Flask) -> None:
    from cabinet.demo import views
    from cabinet.demo.commands import demo_cli

    app.register_blueprint(views.bp)
    app.cli.add_command(demo_cli)


def _trust_proxies(app: Flask, number: int) -> None:
    if number:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=number, x_proto=number, x_host=number
        )


def _hasher(settings: Settings) -> Hasher:
    """A hasher with as many threads as this process's share of the cores."""
    threads = max(1, (os.cpu_count() or 1) // max(1, settings.web_processes))
    return Hasher(settings.password_pepper, settings.bcrypt_cost, threads, before=connection.let_go)
