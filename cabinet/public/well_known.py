"""Addresses that programs look for at every site: where passwords are changed, whom to tell of a weakness."""

from datetime import timedelta

from flask import Blueprint, Response, abort, g, url_for

from cabinet.models.base import now, settings

bp = Blueprint("well_known", __name__, url_prefix="/.well-known")

LIFE = timedelta(days=180)


@bp.get("/change-password")
def change_password() -> Response:
    """For password managers: whoever is not signed in is led to the first screen from there."""
    g.no_session_cookie = True
    return Response(status=302, headers={"Location": url_for("profile.password")}, mimetype="text/plain")


@bp.get("/security.txt")
def security_txt() -> Response:
    """Whom to tell of a weakness (RFC 9116)."""
    g.no_session_cookie = True
    s = settings()
    contact = s.security_contact or (f"tel:{s.support_phone}" if s.support_phone else "")
    if not contact:
        abort(404)
    lines = [
        f"Contact: mailto:{contact}" if "@" in contact and ":" not in contact else f"Contact: {contact}",
        f"Expires: {now() + LIFE:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: ru, en",
        f"Canonical: {s.public_url}{url_for('well_known.security_txt')}",
    ]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")
