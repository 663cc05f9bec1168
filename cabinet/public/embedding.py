"""What embedding sites request: the script `/embed.js`, and the style sheet of their accent colour."""

from flask import Blueprint, Response, abort, current_app, g, request

from cabinet.web import assets
from cabinet.wording import brand

bp = Blueprint("embedding", __name__)

SCRIPT = "embed.js"
SCRIPT_LIFE = 600  # seconds: a new version reaches all sites within ten minutes
SHEET_LIFE = 365 * 24 * 3600  # seconds: a colour's sheet changes only with a release
ENCODINGS = {"br": ".br", "gzip": ".gz"}  # best first


@bp.before_request
def no_session() -> None:
    """Neither is a page: no session, and anybody may cache them."""
    g.no_session_cookie = True


@bp.get(f"/{SCRIPT}")
def script() -> Response:
    """The script that embeds the cabinet: its address never changes, so a short cache and an ETag."""
    name = current_app.extensions["assets"][SCRIPT]
    encoding = request.accept_encodings.best_match(ENCODINGS) if request.accept_encodings else None
    ending = ENCODINGS.get(encoding or "", "")
    body = (assets.BUILT / f"{name}{ending}").read_bytes()
    response = Response(body, mimetype="text/javascript")
    if ending:
        response.headers["Content-Encoding"] = str(encoding)
    response.vary.add("Accept-Encoding")
    response.set_etag(name.removeprefix("embed.").removesuffix(".js") + ending.replace(".", "-"))
    response.headers["Cache-Control"] = f"public, max-age={SCRIPT_LIFE}"
    response.headers["Access-Control-Allow-Origin"] = "*"  # it holds no secrets
    response.make_conditional(request)
    return response


@bp.get("/accent/<colour>")
def accent(colour: str) -> Response:
    """The accent colour "rrggbb" as the sheet would have it, readable by measure like the brand's own."""
    try:
        sheet = brand.stylesheet(f"#{colour}")
    except ValueError:
        abort(404)
    response = Response(sheet, mimetype="text/css")
    response.headers["Cache-Control"] = f"public, max-age={SHEET_LIFE}, immutable"
    return response
