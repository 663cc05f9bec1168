"""Endpoints that gateways call, and MAX, proved by signature or secret alone: no session, no CSRF token."""

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from cabinet.delivery import gateways
from cabinet.delivery.gateway import Callback
from cabinet.delivery.gateways.max import MaxGateway
from cabinet.delivery.gateways.twilio import STATUS_PATH
from cabinet.delivery.max_updates import take
from cabinet.delivery.polling import record
from cabinet.models import DeliveryTry
from cabinet.models.base import settings
from cabinet.telemetry import events

bp = Blueprint("hooks", __name__)
LONGEST_UPDATE = 65_536  # bytes


@bp.post(STATUS_PATH)
def submit_twilio_status() -> Response:
    """Twilio reports the status of an SMS or a call. Repeated, late and reordered reports change nothing."""
    return _reported("twilio")


@bp.post("/hooks/sms/<name>")
def submit_status(name: str) -> Response:
    """Another gateway does. Where it cannot sign, its word only makes us ask."""
    if name not in gateways.names():  # nobody can sign for it
        abort(403)
    return _reported(name)


@bp.post("/hooks/max")
def submit_max() -> Response:
    """MAX tells what a resident did with the bot; it tells that again until the answer is 200."""
    bot = MaxGateway(settings())
    if not bot.signed(request.headers.get("X-Max-Bot-Api-Secret", "")):
        events.tell("hook_unsigned")
        abort(403)
    request.max_content_length = LONGEST_UPDATE
    take(_said())
    return Response(status=200)


def _said() -> object:
    """What MAX wrote; None for what is no JSON, or is nested beyond all sense."""
    try:
        return request.get_json(force=True, silent=True)
    except RecursionError:
        return None


def _reported(name: str) -> Response:
    """Believe what is certainly the gateway's; the Host header is ignored."""
    gateway = gateways.made(name, settings())
    url = gateway.settings.public_url + request.path
    if request.query_string:
        url += "?" + request.query_string.decode("latin-1")
    headers = dict(request.headers.items())
    reports = gateway.reports(Callback(url, request.form.to_dict(), request.args.to_dict(), headers))
    if reports is None and not gateway.unsigned:
        events.tell("hook_unsigned")
        abort(403)
    if reports is None:
        DeliveryTry.poll_now(name, request.args.get("ref", ""))
    for report in reports or ():
        record(name, report)
    return Response(status=200 if gateway.unsigned else 204)
