"""One event for the staff becomes one message per mailbox and per webhook, and one of the feed.

Webhooks receive the event under its own name; e-mails are rendered from `templates/letters/staff/`.
"""

import re
from fnmatch import fnmatchcase

from cabinet.delivery.errors import RefusedError
from cabinet.models import Message, event_feed
from cabinet.models.database import connected
from cabinet.models.unit import unit
from config import ROOT, Settings

KINDS = re.compile(r"[a-z_*]+(?:\+[a-z_*]+)*")


def event_kinds() -> list[str]:
    """All kinds of events: each has an e-mail template."""
    return sorted(path.stem for path in (ROOT / "cabinet/templates/letters/staff").glob("*.subject"))


def chosen(entries: tuple[str, ...], kind: str) -> list[str]:
    """The receivers of an event of this kind, each once.

    An entry is `receiver`, for every kind, or `kind+kind=receiver`; a kind may end in `*`.
    """
    found = []
    for entry in entries:
        kinds, receiver = split_entry(entry)
        if not kinds or any(fnmatchcase(kind, wanted) for wanted in kinds):
            found.append(receiver)
    return list(dict.fromkeys(found))


def split_entry(entry: str) -> tuple[tuple[str, ...], str]:
    """The kinds of an entry (empty: all) and its receiver. A webhook's address may contain `=` itself."""
    kinds, mark, receiver = entry.partition("=")
    if not mark or not KINDS.fullmatch(kinds):
        return (), entry
    return tuple(kinds.split("+")), receiver


def fan_out(message: Message, settings: Settings) -> None:
    """Write the children and mark their parent sent, all or nothing, and only once however often it is tried.

    Raises RefusedError when no receiver is configured.
    """
    if not settings.staff_emails and not settings.staff_webhooks:
        raise RefusedError("STAFF_EMAILS and STAFF_WEBHOOKS are empty")
    receivers = [("mail", address) for address in chosen(settings.staff_emails, message.template)]
    receivers += [("webhook", url) for url in chosen(settings.staff_webhooks, message.template)]

    def write() -> None:
        if not message.mark_sent():
            return  # another worker took it over, and its children with it
        for channel, to in receivers:
            child = Message.drafted(
                channel,
                f"staff/{message.template}" if channel == "mail" else message.template,
                to=to,
                data=message.data,
                locale=message.locale,
                parent=message.id,
                blank_after=True,  # the parent keeps the data
            )
            child.erased_at = message.erased_at
            Message.write(child)
        event_feed.publish(message)

    with connected():
        unit(write, keyed=True)
