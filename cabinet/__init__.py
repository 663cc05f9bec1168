"""Cabinet: residents of a housing company register and log in by phone."""

import logging
import os

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The application. Raises ValueError listing what forbids a start with these settings."""
    settings = settings or Settings.from_env()
    problems = settings.problems()
    if problems:
        raise ValueError("\n".join(problems))

    from cabinet.models import User, base
    from cabinet.passwords.hashing import Hasher
    from cabinet.requests import uploads
    from cabinet.web import assets, errors, extensions, security, sessions, templating
    from cabinet.wording import catalogues

    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("peewee").setLevel(logging.INFO)  # its debug lines quote what people entered
    base.configure(settings)
    app = Flask(__name__, static_folder=None)
    redis = settings.redis_url
    app.config.from_mapping(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        TESTING=settings.testing,
        MAX_CONTENT_LENGTH=256 * 1024,
        MAX_FORM_MEMORY_SIZE=256 * 1024,
        MAX_FORM_PARTS=100,
        TRUSTED_HOSTS=_trusted_hosts(settings),
        WTF_CSRF_CHECK_DEFAULT=False,  # sessions.py checks, for it knows how the token came
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as its session
        WTF_CSRF_SSL_STRICT=False,  # Origin and Sec-Fetch-Site are checked instead of Referer
        WTF_I18N_ENABLED=False,
        SESSION_PROTECTION=None,
        BABEL_DEFAULT_LOCALE="ru",
        BABEL_DEFAULT_TIMEZONE="Europe/Moscow",
        RATELIMIT_ENABLED=settings.requests_per_minute > 0,
        RATELIMIT_DEFAULT=f"{settings.requests_per_minute} per minute",
        RATELIMIT_STORAGE_URI=redis or "memory://",
        RATELIMIT_STORAGE_OPTIONS={"socket_timeout": 1, "socket_connect_timeout": 1}
        if settings.redis_url
        else {},
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=bool(redis),
        RATELIMIT_HEADERS_ENABLED=False,
    )
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    cores = os.cpu_count() or 1
    app.extensions["hasher"] = Hasher(
        settings.password_pepper, settings.bcrypt_cost, max(1, cores // max(1, settings.web_processes))
    )
    uploads.init_app(app)
    security.init_app(app)
    sessions.init_app(app)
    assets.init_app(app)
    catalogues.compile_all()
    templating.init_app(app)
    errors.init_app(app)
    extensions.babel.init_app(app, locale_selector=templating.select_locale)
    extensions.csrf.init_app(app)
    extensions.limiter.init_app(app)
    extensions.login_manager.init_app(app)

    @extensions.login_manager.user_loader
    def load_user(user_id: str) -> User | None:
        return User.get_or_none(User.id == user_id)

    _register(app, settings)
    return app


def _register(app: Flask, settings: Settings) -> None:
    """Blueprints and commands."""
    from cabinet.commands import installation
    from cabinet.commands.billing import billing_cli, residents_cli
    from cabinet.commands.messages import messages_cli
    from cabinet.commands.staff import staff_cli
    from cabinet.commands.worker import worker_command
    from cabinet.entry import session_views
    from cabinet.entry import views as entry
    from cabinet.home import profile
    from cabinet.home import views as home
    from cabinet.login import views as login
    from cabinet.public import callbacks, metrics, pages
    from cabinet.public.embedding import bp as embedding
    from cabinet.register import views as register
    from cabinet.requests import views as requests
    from cabinet.staff import views as staff
    from cabinet.web import extensions

    for module in (
        entry,
        session_views,
        register,
        login,
        home,
        profile,
        requests,
        pages,
        callbacks,
        staff,
        metrics,
    ):
        app.register_blueprint(module.bp)
    app.register_blueprint(embedding)
    extensions.csrf.exempt(callbacks.bp)
    if settings.demo:
        from cabinet.demo import views as demo
        from cabinet.demo.commands import demo_cli

        app.register_blueprint(demo.bp)
        app.cli.add_command(demo_cli)
    for command in (*installation.ALL, billing_cli, residents_cli, messages_cli, worker_command, staff_cli):
        app.cli.add_command(command)


def _trusted_hosts(settings: Settings) -> list[str] | None:
    """In production only the public name and this machine's own are answered."""
    if settings.demo or settings.testing:
        return None
    host = settings.public_url.removeprefix("https://").removeprefix("http://").split(":")[0]
    return [host, "localhost", "127.0.0.1"]
