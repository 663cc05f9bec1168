"""`/demo` and its inbox; registered only in the demonstration."""

from flask import Blueprint, Response, g, jsonify, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from cabinet.demo.data import receipts
from cabinet.models import InboxItem
from cabinet.models.base import now
from cabinet.web.flow import by_htmx

bp = Blueprint("demo", __name__, url_prefix="/demo")

SHOWN = 100  # newest items of the inbox


@bp.before_request
def no_session() -> None:
    """The company's page has no cabinet session."""
    g.no_session_cookie = True


@bp.get("")
def company() -> str:
    """The company's page with the cabinet in a frame."""
    return render_template("demo/company.html", receipts=receipts(now().date()))


@bp.get("/inbox")
def inbox() -> str:
    """Every SMS and e-mail "sent", newest first; the list refreshes itself."""
    template = "demo/_inbox.html" if by_htmx() else "demo/inbox.html"
    return render_template(template, items=_items(), refresh=url_for("demo.inbox"))


@bp.get("/inbox.json")
def inbox_json() -> BaseResponse:
    """The same for programs."""
    answer: Response = jsonify(
        [
            {
                "kind": item.kind,
                "to": item.to,
                "subject": item.subject,
                "text": item.text,
                "sent_at": item.sent_at.isoformat() + "Z",
            }
            for item in _items()
        ]
    )
    return answer


def _items() -> list[InboxItem]:
    return list(InboxItem.select().order_by(InboxItem.id.desc()).limit(SHOWN))
