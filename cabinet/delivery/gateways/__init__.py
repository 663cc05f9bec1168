"""The gateways for SMS and calls: each module here is one, found by itself."""

import pkgutil
from importlib import import_module

from cabinet.delivery.gateway import KNOWN, Gateway
from config import Settings

for _module in pkgutil.iter_modules(__path__, f"{__name__}."):
    import_module(_module.name)


def names() -> list[str]:
    """The gateways that SMS_GATEWAYS may name."""
    return sorted(KNOWN)


def made(name: str, settings: Settings) -> Gateway:
    """The gateway of that name; not to be shared between threads. Raises KeyError for an unknown name."""
    return KNOWN[name](settings)


def order(settings: Settings) -> tuple[str, ...]:
    """The names of the gateways in the order in which they are tried: SMS_GATEWAYS, or else SMS_BACKEND."""
    return settings.sms_gateways or (settings.sms_backend,)


def in_order(settings: Settings) -> list[Gateway]:
    """The gateways themselves; not to be shared between threads."""
    return [made(name, settings) for name in order(settings)]


def missing(name: str, settings: Settings) -> list[str]:
    """The settings, by their names in the environment, that a gateway requires and does not find."""
    options = [
        f"{name}_{option}".upper()
        for option, about in KNOWN[name].OPTIONS.items()
        if about.required and not settings.gateway_settings.get(f"{name}_{option}")
    ]
    return [*(need.upper() for need in KNOWN[name].needs if not getattr(settings, need)), *options]
