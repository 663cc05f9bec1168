"""`/demo` and its inbox; registered only in the demonstration."""

from flask import Blueprint, Response, abort, g, jsonify, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from cabinet.demo import slips
from cabinet.demo.data import receipts
from cabinet.models import InboxItem
from cabinet.models.base import now, settings
from cabinet.web.flow import by_htmx

bp = Blueprint("demo", __name__, url_prefix="/demo")

SHOWN = 100  # newest items of the inbox
INN = "7700000000"
FILES = {"png": "image/png", "pdf": "application/pdf", "svg": "image/svg+xml"}


@bp.before_request
def no_session() -> None:
    """The company's page has no cabinet session."""
    g.no_session_cookie = True


@bp.get("")
def company() -> str:
    """The company's page with the cabinet in a frame."""
    return render_template("demo/company.html", receipts=receipts(now().date()))


@bp.get("/receipts/<int:number>/<kind>")
def receipt(number: int, kind: str) -> Response:
    """A receipt as a picture or a PDF, to be sent as a photo; its code alone as an SVG."""
    drawn = receipts(now().date())
    if number >= len(drawn) or kind not in FILES:
        abort(404)
    slip = slips.slip_of(drawn[number], settings().brand_name, next(iter(settings().receipt_inns), INN))
    make = {"png": slips.as_picture, "pdf": slips.as_pdf, "svg": slips.code_alone}[kind]
    name = f"receipt-{number + 1}.{kind}"
    answer = Response(make(slip), mimetype=FILES[kind])
    if kind != "svg":
        answer.headers["Content-Disposition"] = f"attachment; filename={name}"
    return answer


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
