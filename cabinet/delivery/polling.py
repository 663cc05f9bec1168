"""Asks gateways what became of messages, and records what they say."""

import logging
from collections.abc import Sequence

from cabinet.delivery import gateways
from cabinet.delivery.errors import RefusedError, UnavailableError
from cabinet.delivery.gateway import Gateway, Report, Sent
from cabinet.models import DeliveryTry, Message
from cabinet.models.database import connected
from cabinet.models.delivery_report import report as record_report
from config import Settings

log = logging.getLogger(__name__)


def poll_due(settings: Settings) -> int:
    """Ask one gateway about the tries whose time has come; returns how many."""
    with connected():
        due = DeliveryTry.claim_polls()
    if due and due[0].gateway in gateways.names():
        ask(gateways.made(due[0].gateway, settings), due)
    return len(due)


def ask(gateway: Gateway, tries: Sequence[DeliveryTry]) -> None:
    """Ask the gateway about these tries and record its answers; silence changes nothing."""
    with connected():
        to = {m.id: m.to for m in Message.select().where(Message.id.in_([one.message for one in tries]))}
    sent = [
        Sent(to[one.message], one.message, one.provider_id, one.way == "call")
        for one in tries
        if one.message in to
    ]
    try:
        reports = gateway.poll(sent)
    except (RefusedError, UnavailableError) as failure:
        log.warning("%s does not say what became of %d messages: %s", gateway.name, len(sent), failure.reason)
        return
    for report in reports:
        with connected():
            record(gateway.name, report)


def record(gateway: str, report: Report) -> bool:
    """Record one report of a gateway; whether it is about a message of ours."""
    return record_report(
        gateway,
        report.state,
        report.provider_id,
        report.ref,
        report.fault,
        report.reason,
        report.price,
        report.segments,
    )
