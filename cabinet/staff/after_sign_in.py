"""Where a sign-in leads: to the list or card that was asked for before."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import current_app, request, url_for
from werkzeug.exceptions import HTTPException

from cabinet.staff import unsent
from cabinet.staff.paging import PARAMETERS

LONGEST = 500  # characters of an address
LONGEST_NUMBER = 12  # … of a request's number
PAGES = {
    f"staff.{name}"
    for name in (
        *("day", "requests", "request_card", "residents", "resident", "registrations", "messages", "message"),
        *("imports", "import_card", "audit", "people", "person", "templates", "me", "sms_figures"),
        *("template", "resident_name", "resident_block", "resident_phone", "resident_data_request"),
        *("phone_change_card", "data_requests", "data_request_card", "invite", "passkeys"),
    )
}


def wanted_now() -> dict[str, str]:
    """The parameter of the sign-in that says what is asked for just now; nothing for what is no page.

    Whatever was pressed on a request's page, or in a form that keeps what was typed, leads back to that page.
    """
    number = (request.view_args or {}).get("number", "")
    if request.method == "POST" and number and len(number) <= LONGEST_NUMBER:
        return {"to": url_for("staff.request_card", number=number)}
    if request.method == "POST" and unsent.page_of_form():
        return {"to": unsent.page_of_form()}
    asked = request.full_path.rstrip("?")
    is_page = request.method == "GET" and request.endpoint in PAGES and len(asked) <= LONGEST
    return {"to": asked} if is_page else {}


def wanted_before() -> dict[str, str]:
    """The same parameter as the sign-in has it."""
    to = request.args.get("to", "")
    return {"to": to} if _address(to) else {}


def address_wanted() -> str:
    """Where the sign-in leads, made anew of its parts; "" for the start."""
    return _address(request.args.get("to", ""))


def _address(to: str) -> str:
    if len(to) > LONGEST:
        return ""
    try:
        parts = urlsplit(to)
        endpoint, values = current_app.create_url_adapter(request).match(parts.path, "GET")  # type: ignore[union-attr]
    except (HTTPException, ValueError):
        return ""
    if parts.scheme or parts.netloc or endpoint not in PAGES:
        return ""
    asked = parse_qs(parts.query)
    told: dict[str, Any] = {name: asked[name][0] for name in PARAMETERS if name in asked}
    return url_for(endpoint, **told, **values)
