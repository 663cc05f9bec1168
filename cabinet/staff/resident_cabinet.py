"""A resident's cabinet as they see it, for staff: the same templates, nothing to press, a row of the journal.

It is a page of the staff, in their own session: nothing of the resident's session, devices or keys is used
or shown.
"""

from flask import abort
from werkzeug.wrappers import Response

from cabinet.models import ConnectionRequest, User
from cabinet.models.base import settings
from cabinet.staff.guard import bp, get_or_404, record, show
from cabinet.web.overview import overview


@bp.get("/resident/<user_id>/cabinet")
def resident_cabinet(user_id: str) -> Response:
    """The first page: addresses, charges, requests, what is said above them."""
    user = get_or_404(User, User.id == user_id)
    record("cabinet-seen", user.id)
    return show("resident_cabinet.html", **overview(user), acts=False)


@bp.get("/resident/<user_id>/cabinet/requests/<number>")
def request_of_cabinet(user_id: str, number: str) -> Response:
    """One of the requests on it: how far it is, when it will be answered, what was written."""
    user = get_or_404(User, User.id == user_id)
    found = next((one for one in ConnectionRequest.of_user(user.id) if one.number == number), None)
    if found is None:
        abort(404)
    record("cabinet-seen", user.id, request=number)
    return show(
        "resident_cabinet_request.html",
        user=user,
        connection=found,
        own=True,
        signed_in=True,
        days=settings().request_answer_days,
        acts=False,
    )
