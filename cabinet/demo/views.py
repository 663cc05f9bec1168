"""`/demo` and its inbox; registered only in the demonstration."""

from flask import Blueprint, Response, abort, g, jsonify, render_template, request, url_for
from peewee import fn
from werkzeug.wrappers import Response as BaseResponse

from cabinet.demo import slips
from cabinet.demo.data import receipts
from cabinet.models import InboxItem
from cabinet.models.base import now, settings
from cabinet.web.flow import by_htmx

bp = Blueprint("demo", __name__, url_prefix="/demo")
bp.add_app_template_filter(lambda kopecks: f"{kopecks / 100:.2f}".replace(".", ","), "typed")

SHOWN = 100  # newest items of the inbox
INN = "7700000000"
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
FILES = {"png": "image/png", "pdf": "application/pdf", "svg": "image/svg+xml"}


@bp.before_request
def no_session() -> None:
    """The company's page has no cabinet session."""
    g.no_session_cookie = True


@bp.get("")
def company() -> str:
    """The company's page with the cabinet in a frame."""
    newest = InboxItem.select(fn.MAX(InboxItem.id)).scalar() or 0
    return render_template("demo/company.html", receipts=receipts(now().date()), since=newest)


@bp.get("/inbox/since/<int:number>")
def news(number: int) -> str | Response:
    """What came after an item of the inbox: how much, and the newest."""
    newer = InboxItem.select().where(InboxItem.id > number)
    newest = newer.order_by(InboxItem.id.desc()).first()
    if newest is None or str(newest.id) == request.args.get("seen"):
        return Response(status=204)
    return render_template("demo/_news.html", since=number, count=newer.count(), newest=newest)


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
def inbox() -> str | Response:
    """Every SMS and e-mail "sent", newest first; the list refreshes itself when there is more."""
    items = _items()
    newest = items[0].id if items else 0
    if by_htmx() and request.args.get("newest", type=int) == newest:
        return Response(status=204)
    template = "demo/_inbox.html" if by_htmx() else "demo/inbox.html"
    return render_template(template, items=items, refresh=url_for("demo.inbox", newest=newest))


@bp.get("/inbox/<int:number>")
def letter(number: int) -> Response:
    """An e-mail as mail programs show it; its links open a tab of their own."""
    item = InboxItem.get_or_none(InboxItem.id == number)
    if item is None or not item.html:
        abort(404)
    answer = Response(item.html.replace("<head>", '<head><base target="_blank">', 1), mimetype="text/html")
    answer.headers["Content-Security-Policy"] = LETTER_POLICY
    return answer


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
