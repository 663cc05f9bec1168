"""Derives the configuration of Flask and its extensions from our settings."""

from typing import Any

from cabinet.web import counters
from config import Settings

LARGEST_BODY = 256 * 1024  # bytes; the forms that take a file ask for more


def flask_config(settings: Settings) -> dict[str, Any]:
    """What Flask and its extensions read from `app.config`."""
    return {
        "SECRET_KEY": settings.secret_key,
        "WTF_CSRF_SECRET_KEY": [
            *reversed(settings.secret_key_fallbacks),
            settings.secret_key,
        ],  # the last signs
        "TESTING": settings.testing,
        "MAX_CONTENT_LENGTH": LARGEST_BODY,
        "MAX_FORM_MEMORY_SIZE": LARGEST_BODY,
        "MAX_FORM_PARTS": 100,
        "TRUSTED_HOSTS": _trusted_hosts(settings),
        "WTF_CSRF_CHECK_DEFAULT": False,  # sessions.py checks, for it knows how the token came
        "WTF_CSRF_TIME_LIMIT": None,  # the token lives as long as its session
        "WTF_CSRF_SSL_STRICT": False,  # Origin and Sec-Fetch-Site are checked instead of Referer
        "WTF_I18N_ENABLED": False,
        "SESSION_PROTECTION": None,
        "BABEL_DEFAULT_LOCALE": "ru",
        "BABEL_DEFAULT_TIMEZONE": "Europe/Moscow",
        **_limiter_config(settings),
    }


def _limiter_config(settings: Settings) -> dict[str, Any]:
    """The outer limit: counted in Redis if configured, in memory otherwise or while Redis is down."""
    redis = settings.redis_url
    return {
        "RATELIMIT_ENABLED": settings.requests_per_minute > 0,
        "RATELIMIT_DEFAULT": f"{settings.requests_per_minute} per minute",
        "RATELIMIT_STORAGE_URI": redis or f"{counters.SCHEME}://",
        "RATELIMIT_STORAGE_OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1} if redis else {},
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": bool(redis),
        "RATELIMIT_HEADERS_ENABLED": False,
    }


def _trusted_hosts(settings: Settings) -> list[str] | None:
    """In production only the public host name and this machine's own are accepted."""
    if settings.demo or settings.testing:
        return None
    host = settings.public_url.removeprefix("https://").removeprefix("http://").split(":")[0]
    return [host, "localhost", "127.0.0.1"]
