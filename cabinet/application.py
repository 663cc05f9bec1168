"""Assembles the Flask application from its parts."""

import os
from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from cabinet.commands import installation
from cabinet.commands.backup import backup_command, restore_command
from cabinet.commands.billing import billing_cli
from cabinet.commands.codes import codes_cli
from cabinet.commands.doctor import doctor
from cabinet.commands.incident import incident
from cabinet.commands.messages import messages_cli
from cabinet.commands.residents import residents_cli
from cabinet.commands.staff import staff_cli
from cabinet.commands.worker import worker_command
from cabinet.demo import views as demo
from cabinet.demo.commands import demo_cli
from cabinet.entry import another_code, session_views
from cabinet.entry import views as entry
from cabinet.home import passkeys, privacy, profile, reauthentication
from cabinet.home import views as home
from cabinet.login import passkeys as passkey_login
from cabinet.login import views as login
from cabinet.models import base
from cabinet.models.readiness import Readiness
from cabinet.passwords.hashing import Hasher
from cabinet.public import callbacks, embedding, metrics, pages, watching, well_known
from cabinet.register import views as register
from cabinet.requests import uploads
from cabinet.requests import views as requests
from cabinet.staff import views as staff
from cabinet.telemetry import logs
from cabinet.web import (
    assets,
    configuration,
    errors,
    extensions,
    observation,
    outage,
    security,
    sessions,
    sign_in,
    templating,
)
from cabinet.wording import catalogues
from config import Settings
from config_check import problems

JOURNEYS = (
    *(entry, another_code, session_views, register, login, passkey_login),
    *(home, profile, privacy, passkeys, reauthentication, requests),
)
OTHER_PAGES = (pages, well_known, callbacks, staff, metrics, embedding)
COMMANDS = (
    *installation.ALL,
    doctor,
    backup_command,
    restore_command,
    billing_cli,
    residents_cli,
    messages_cli,
    codes_cli,
    incident,
    worker_command,
    staff_cli,
)


class Application(Flask):
    """Flask, for functions alone."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No view is a coroutine; to look at each function that Flask calls costs more than the log."""
        return func


def build(settings: Settings) -> Flask:
    """The application. Raises ValueError listing what is wrong with the settings."""
    if found := problems(settings):
        raise ValueError("\n".join(found))
    logs.configure(settings.log_level, settings.log_format)
    base.configure(settings)
    catalogues.compile_all()
    app = Application(__package__, static_folder=None)
    app.config.from_mapping(configuration.flask_config(settings))
    observation.init_app(app, behind_proxy=settings.trusted_proxies > 0)
    _trust_proxies(app, settings.trusted_proxies)
    for part in (security, outage, sign_in, uploads, sessions, assets, templating, errors, extensions):
        part.init_app(app)
    watching.init_app(app)
    app.extensions["hasher"] = _hasher(settings)
    app.extensions["readiness"] = Readiness()
    for module in (*JOURNEYS, *OTHER_PAGES):
        app.register_blueprint(module.bp)
    extensions.csrf.exempt(callbacks.bp)
    for command in COMMANDS:
        app.cli.add_command(command)
    if settings.demo:
        app.register_blueprint(demo.bp)
        app.cli.add_command(demo_cli)
    return app


def _trust_proxies(app: Flask, number: int) -> None:
    if number:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=number, x_proto=number, x_host=number
        )


def _hasher(settings: Settings) -> Hasher:
    """A hasher with as many threads as this process's share of the cores."""
    threads = max(1, (os.cpu_count() or 1) // max(1, settings.web_processes))
    return Hasher(settings.password_pepper, settings.bcrypt_cost, threads)
