"""The protocol of SMS gateways: what each of them does, in words of our own.

A gateway is a subclass of Gateway in a module of `cabinet/delivery/gateways/`, under `@gateway("name")`. It
translates its operator's words into `State` and `Fault`; nothing else in Cabinet knows them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from cabinet.delivery.errors import RefusedError
from cabinet.models.fate import Fault, State
from config import Settings

NEXT = "{}_next"  # the name of the key that will replace another

if TYPE_CHECKING:
    from cabinet.delivery.exchange import Exchange


@dataclass(frozen=True)
class Outgoing:
    """What is to be sent to an E.164 number; the operator drops it after `validity` seconds.

    `ref` is our id, the same when the same message is sent again, of letters, digits, "-" and "_".
    `digits` are those of a one-time code, empty where there is none: a call speaks them.
    `button`: by MAX, the name of a button that sends the reader's contact.
    """

    to: str
    text: str
    ref: str
    validity: int | None = None
    digits: str = ""
    button: str = ""


@dataclass(frozen=True)
class SmsReceipt:
    """The gateway took it: its own id for it, what is known already, the price in kopecks if it says so."""

    provider_id: str | None = None
    state: State = State.ACCEPTED
    price: int | None = None
    segments: int | None = None


@dataclass(frozen=True)
class Report:
    """What a gateway says later about the message that it or we call so; `reason` is its code, for staff."""

    provider_id: str | None
    state: State
    fault: Fault | None = None
    reason: str = ""
    ref: str | None = None
    price: int | None = None
    segments: int | None = None


@dataclass(frozen=True)
class Sent:
    """A message about which a gateway is asked; `provider_id` is None when its answer never came."""

    to: str
    ref: str
    provider_id: str | None
    call: bool = False


@dataclass(frozen=True)
class Callback:
    """What a gateway posted to its address: `url` is ours, as the outside knows it."""

    url: str
    form: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Option:
    """A setting that a gateway declares: `OPTIONS["api_key"]` of "smsaero" is SMSAERO_API_KEY."""

    meaning: str
    default: str = ""
    required: bool = False


class Gateway:
    """One operator's gateway; an instance belongs to one thread.

    Reasons go to staff and into the log: an operator's code, never a number, a text or a secret.
    """

    name: ClassVar[str]
    title: ClassVar[str]  # as staff know it
    OPTIONS: ClassVar[dict[str, Option]] = {}
    needs: ClassVar[tuple[str, ...]] = ()  # further fields of Settings that must be set
    keys: ClassVar[tuple[str, ...]] = ()  # those of OPTIONS that may be replaced by what NEXT makes of them
    polls: ClassVar[bool] = False  # `poll` works
    finds_ref: ClassVar[bool] = False  # `poll` finds what has no provider_id by our `ref`
    sends_sms: ClassVar[bool] = True  # else it is a way of its own, never one of SMS_GATEWAYS
    unsigned: ClassVar[bool] = False  # callbacks prove nothing and only make us poll at once

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def http(self) -> "Exchange":
        """HTTP with it; made when something is to be sent, for web processes only read callbacks."""
        from cabinet.delivery.exchange import Exchange

        return Exchange(self.title)

    @property
    def address(self) -> str:
        """Where its API is; empty where there is none. Only its host is asked, whether it answers."""
        return self.option("api_url") if "api_url" in self.OPTIONS else ""

    @property
    def can_call(self) -> bool:
        """Whether `call` works."""
        return False

    def option(self, name: str) -> str:
        """The value of one of OPTIONS."""
        return self.settings.gateway_settings.get(f"{self.name}_{name}") or self.OPTIONS[name].default

    def change_keys(self) -> bool:
        """Use the keys that are to replace the present ones from now on, and these as the next ones.

        Whether there are any.
        """
        keys = [key for key in self.keys if self.option(NEXT.format(key))]
        changed = dict(self.settings.gateway_settings)
        for key in keys:
            one = f"{self.name}_{key}"
            changed[one], changed[NEXT.format(one)] = self.option(NEXT.format(key)), self.option(key)
        self.settings = replace(self.settings, gateway_settings=changed)
        return bool(keys)

    def callback_url(self, ref: str) -> str:
        """Where this gateway is to report what becomes of the message that we call `ref`."""
        return f"{self.settings.public_url}/hooks/sms/{self.name}?ref={ref}"

    def send(self, sms: Outgoing) -> SmsReceipt:
        """Send an SMS.

        Raises RefusedError when it was certainly not sent, with whose fault it is; UnavailableError when it
        may be sent later, or when it may have been sent (`certain=False`).
        """
        raise NotImplementedError

    def call(self, sms: Outgoing) -> SmsReceipt:
        """Call and speak the digits. Raises as `send` does."""
        raise NotImplementedError

    def poll(self, sent: Sequence[Sent]) -> list[Report]:
        """What became of these. Raises UnavailableError when the gateway does not answer."""
        raise NotImplementedError

    def reports(self, callback: Callback) -> list[Report] | None:
        """What a callback says; None when it is not certainly the gateway's."""
        return None

    def balance(self) -> int | None:
        """The money left, in kopecks; None where the gateway has no such thing."""
        return None


LONGEST_NAME = 11  # with "/call" it is 16

G = TypeVar("G", bound=Gateway)
F = TypeVar("F", bound=Callable[..., Any])
KNOWN: dict[str, type[Gateway]] = {}


def gateway(name: str) -> Callable[[type[G]], type[G]]:
    """Register a class under the name by which SMS_GATEWAYS calls it."""

    def register(cls: type[G]) -> type[G]:
        if len(name) > LONGEST_NAME:
            raise ValueError(f"{name} is longer than its columns")
        cls.name = name
        KNOWN[name] = cls
        return cls

    return register


def by_either_key(ask: F) -> F:
    """Have a method ask once more, by the keys that are to replace those which the operator refused."""

    @wraps(ask)
    def asked(gateway: Gateway, *args: Any, **kwargs: Any) -> Any:
        try:
            return ask(gateway, *args, **kwargs)
        except RefusedError as error:
            if error.fault is not Fault.ACCOUNT or not gateway.change_keys():
                raise
        return ask(gateway, *args, **kwargs)

    return cast(F, asked)


def kopecks(roubles: object) -> int | None:
    """Roubles as a gateway writes them, in kopecks; None for what is no number."""
    try:
        return round(float(str(roubles)) * 100)
    except (ValueError, OverflowError):
        return None


def whole(number: object) -> int | None:
    """A whole number as a gateway writes it; None for what is none."""
    try:
        return int(str(number))
    except ValueError:
        return None
