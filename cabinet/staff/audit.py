"""The audit log, for admins: who did and saw what."""

from flask import request
from werkzeug.wrappers import Response

from cabinet.models.audit import Audit
from cabinet.models.staff import Staff
from cabinet.staff.guard import admins_only, bp, record, show
from cabinet.staff.paging import page_of


@bp.get("/audit")
@admins_only
def audit() -> Response:
    """Events, latest first; of one subject or one actor if given."""
    query, subject, actor = Audit.select(), request.args.get("subject", ""), request.args.get("actor", "")
    if subject and "\0" not in subject:
        query = query.where(Audit.subject == subject)
    if actor and "\0" not in actor:
        query = query.where(Audit.actor == actor)
    page = page_of(query, Audit.at, Audit.id)
    record("audit-seen")
    names = {staff.actor: staff.email for staff in Staff.select()}
    return show("audit.html", page=page, subject=subject, actor=actor, names=names)
