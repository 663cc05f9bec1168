"""Endpoints that providers call, authenticated by signature alone: no session, no CSRF token."""

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from cabinet.delivery.twilio import STATUS_PATH
from cabinet.models import Message
from cabinet.models.base import settings

bp = Blueprint("hooks", __name__)


@bp.post(STATUS_PATH)
def submit_twilio_status() -> Response:
    """Twilio reports the status of an SMS. Repeated, late and reordered reports change nothing."""
    if not _signed_by_twilio():
        abort(403)
    sid = request.form.get("MessageSid") or request.form.get("SmsSid", "")
    status = request.form.get("MessageStatus") or request.form.get("SmsStatus", "")
    if sid:
        Message.report_status(sid, status)
    return Response(status=204)


def _signed_by_twilio() -> bool:
    """Whether the signature fits this form at the public address; the Host header is ignored."""
    from twilio.request_validator import RequestValidator

    s = settings()
    if not s.twilio_auth_token:
        return False
    url = s.public_url + request.path
    if request.query_string:
        url += "?" + request.query_string.decode("latin-1")
    given = request.headers.get("X-Twilio-Signature", "")
    return bool(RequestValidator(s.twilio_auth_token).validate(url, request.form, given))
