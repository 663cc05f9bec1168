"""The gateways for SMS, calls and MAX: each module here is one, found by itself."""

import pkgutil
from importlib import import_module

from cabinet.delivery.gateway import KNOWN, Gateway
from config import Settings

for _module in pkgutil.iter_modules(__path__, f"{__name__}."):
    import_module(_module.name)


def names() -> list[str]:
    """The gateways that SMS_GATEWAYS may name."""
    return sorted(name for name, one in KNOWN.items() if one.sends_sms)


def made(name: str, settings: Settings) -> Gateway:
    """The gateway of that name; not to be shared between threads. Raises KeyError for an unknown name."""
    return KNOWN[name](settings)


def order(settings: Settings) -> tuple[str, ...]:
    """The names of the gateways in the order in which they are tried: SMS_GATEWAYS, or else SMS_BACKEND."""
    return settings.sms_gateways or (settings.sms_backend,)


def in_order(settings: Settings) -> list[Gateway]:
    """The gateways themselves; not to be shared between threads."""
    return [made(name, settings) for name in order(settings)]


def every(settings: Settings) -> list[Gateway]:
    """As `in_order`, and MAX where its bot is set up."""
    return [*in_order(settings), *by_way(settings, "max")]


def by_way(settings: Settings, way: str) -> list[Gateway]:
    """Those for "sms", "call" or "max", in order."""
    if way == "max":
        return [] if missing("max", settings) else [made("max", settings)]
    return [one for one in in_order(settings) if way == "sms" or one.can_call]


def missing(name: str, settings: Settings) -> list[str]:
    """The settings, by their names in the environment, that a gateway requires and does not find."""
    options = [
        f"{name}_{option}".upper()
        for option, about in KNOWN[name].OPTIONS.items()
        if about.required and not settings.gateway_settings.get(f"{name}_{option}")
    ]
    return [*(need.upper() for need in KNOWN[name].needs if not getattr(settings, need)), *options]
