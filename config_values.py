"""Reads values from the environment, and says in a sentence which make no sense."""

import os
import sys
from collections.abc import Iterator
from dataclasses import MISSING, Field
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from config import Settings

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
BOOLEANS = {
    **dict.fromkeys(("1", "true", "t", "yes", "y", "on"), True),
    **dict.fromkeys(("0", "false", "f", "no", "n", "off"), False),
}
SCHEMES = {
    "database_url": ("sqlite", "postgresql", "postgres"),
    "redis_url": ("redis", "rediss", ""),
    "smtp_url": ("smtp", "smtps", ""),
}


class UnreadableError(Exception):
    """A setting does not parse; the text is a sentence without the value."""


def read(setting: "Field[Any]") -> Any:
    """A setting's value from the environment, parsed like its default; the default if it is not set.

    Raises UnreadableError.
    """
    name = setting.name.upper()
    made: Any = setting.default_factory
    default = made() if setting.default is MISSING else setting.default
    text = os.environ.get(name)
    if text is None:
        return default
    try:
        if isinstance(default, bool):
            return BOOLEANS[text.lower()]
        if isinstance(default, int):
            return int(text)
        if isinstance(default, tuple):
            kind = int if default and isinstance(default[0], int) else str
            return tuple(kind(part) for part in text.replace(",", " ").split())
        return text
    except (KeyError, ValueError):
        words = {bool: "0 or 1", int: "a whole number"}
        raise UnreadableError(f"{name} must be {words.get(type(default), 'whole numbers')}") from None


def settings_of(gateways: tuple[str, ...]) -> dict[str, str]:
    """What the environment has for these gateways and MAX: all that begins with the name of one."""
    prefixes = tuple(f"{name.upper()}_" for name in (*gateways, "max"))
    return {name.lower(): value for name, value in os.environ.items() if name.startswith(prefixes)}


def senseless(s: "Settings") -> Iterator[str]:
    """What libraries would refuse in the midst of a start, by words of their own."""
    if s.log_level not in LEVELS:
        yield f"LOG_LEVEL must be {', '.join(LEVELS[:-1])} or {LEVELS[-1]}"
    for name, schemes in SCHEMES.items():
        address = getattr(s, name)
        if address.partition("://")[0] not in schemes:
            yield f"{name.upper()} must begin with {' or '.join(f'{one}://' for one in schemes[:2])}"
        elif not _has_right_port(address):
            yield f"{name.upper()} has no right port; signs such as / # ? in a password are %2F %23 %3F there"


def _has_right_port(address: str) -> bool:
    try:
        url = urlsplit(address)
        return "," in url.netloc or url.port != 0  # several servers of PostgreSQL have a port each
    except ValueError:
        return False


def refuse(sentences: list[str]) -> NoReturn:
    """End a start, saying what is wrong with the settings."""
    print("Cabinet cannot start:", *(f"  - {sentence}" for sentence in sentences), sep="\n", file=sys.stderr)
    sys.exit(1)
