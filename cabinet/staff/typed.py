"""What staff have typed on the page of a request and not sent yet: whatever is pressed, it stays.

It lies in the session, by the request's number, until it is sent; so it survives a look at another page, too,
and a session that ends meanwhile: whoever wrote it finds it again in that browser once they are back. What is
typed into other forms lies beside it, by their addresses (`unsent.py`).
"""

from datetime import UTC, datetime
from typing import Any

from flask import g, request

from cabinet.forms.sent_file import FILE_MESSAGES, sent_file
from cabinet.models.base import unix_time
from cabinet.models.half_written import AT, KEPT_FOR, is_gone
from cabinet.models.request import ConnectionRequest
from cabinet.models.staff import Staff
from cabinet.receipts import store
from cabinet.receipts.errors import NotKeptError, RefusedFileError
from cabinet.staff.forms import LONGEST_TEXT, WorkForm
from cabinet.web import session_keys as keys
from cabinet.web.sessions import session

NO_WORDS = (AT, "lane", "colleague", "was", "check")
KEPT = ("reply", "lane", "text", "colleague")
MOST, MOST_FORMS = 5, 10  # requests, and other forms, that somebody is half-way through at once


def form_of(found: ConnectionRequest) -> WorkForm:
    """The form as the page shows it: with what was typed before, and what was wrong with it."""
    values = {"lane": "mail" if found.email else "sms", **kept_at(found.number)}
    form = WorkForm(found.number, formdata=None, data=values)
    form.suit(found.email)
    rejected = session.get(keys.REJECTED)
    if rejected and (rejected.get("form"), rejected.get("number")) == (WorkForm.__name__, found.number):
        form.recall(rejected)
    return form


def keep(form: WorkForm) -> None:
    """Keep all that came with the form."""
    came = {name: form[name].data for name in KEPT if name in request.form}
    keep_at(form.number, {**kept_at(form.number), **came})


def spend(form: WorkForm, *names: str) -> None:
    """What was typed in these fields is sent, and so no longer kept."""
    typed = kept_at(form.number)
    keep_at(form.number, {name: value for name, value in typed.items() if name not in names})


def keep_file(form: WorkForm) -> None:
    """Store the file that came, in place of one that came before; or say what is wrong with it.

    It counts as left over, and goes after a while, until the reply is sent.
    """
    try:
        file, _digest = sent_file(form.file.name)
        name = store.keep(file.data) if file else ""
    except RefusedFileError as error:
        form.file.errors = [FILE_MESSAGES[error.code]]
        return
    except NotKeptError:
        form.file.errors = [FILE_MESSAGES["not_kept"]]
        return
    if file:
        drop_file(form.number)
        before = kept_at(form.number)
        keep_at(form.number, {**before, "attached": name, "attached_type": file.media_type})


def attached(number: str) -> tuple[str, str]:
    """Name and media type of the stored file that the reply is to have; empty without one, or if it went."""
    kept = kept_at(number)
    name, kind = str(kept.get("attached", "")), str(kept.get("attached_type", ""))
    try:
        return (name, kind) if name and store.find(name) else ("", "")
    except FileNotFoundError:
        return "", ""


def ask_for_preview(form: WorkForm) -> None:
    """Have the page show once how the reply will look."""
    keep_at(form.number, {**kept_at(form.number), "preview": True})


def preview_asked(number: str) -> bool:
    """Whether the page is to show how the reply will look; once."""
    kept = kept_at(number)
    asked = bool(kept.get("preview"))
    if asked:
        keep_at(number, {name: value for name, value in kept.items() if name != "preview"})
    return asked


def put(form: WorkForm, name: str, text: str) -> None:
    """Put a text into a field, after what is typed there."""
    typed = (form[name].data or "").strip()
    keep_at(form.number, {**kept_at(form.number), name: f"{typed}\n\n{text}" if typed else text})


def drop_file(number: str) -> None:
    """Delete the file that the reply was to have."""
    store.discard(attached(number)[0])
    forget_file(number)


def forget_file(number: str) -> None:
    """The file is sent, or gone."""
    kept = kept_at(number)
    keep_at(number, {name: value for name, value in kept.items() if not name.startswith("attached")})


def drop(number: str) -> None:
    """Keep nothing of what was typed on a request's page, nor the file of its reply."""
    drop_file(number)
    keep_at(number, {})


def drop_gone() -> None:
    """Keep nothing about what is no more: this session is saved after the erasure, as it was before."""
    for place in filter(is_gone, _kept()):
        drop(place)


def since(place: str) -> datetime | None:
    """When what is kept by this number or address was typed, UTC; None where nothing is."""
    kept = kept_at(place)
    return datetime.fromtimestamp(kept.get(AT, unix_time()), UTC).replace(tzinfo=None) if kept else None


def keep_for_later(number: str) -> None:
    """Keep the words that came when their writer's session was over; nothing of who never signed in."""
    typed = {name: request.form.get(name, "") for name in ("reply", "text")}
    words = {name: text[:LONGEST_TEXT] for name, text in typed.items() if text}
    if words and keys.STAFF_TYPED_BY in session and not is_gone(number):
        keep_at(number, {**kept_at(number), **words})


def half_written(staff: Staff) -> dict[str, Any]:
    """What of an earlier session this one may go on with: what this member of staff wrote."""
    mine = session.get(keys.STAFF_TYPED_BY) == staff.id
    return {keys.STAFF_TYPED: _kept() if mine else {}, keys.STAFF_TYPED_BY: staff.id}


def kept_at(place: str) -> dict[str, Any]:
    """What is kept by this number or address."""
    return _kept().get(place, {})


def _kept() -> dict[str, dict[str, Any]]:
    """What was kept lately; without its time, what the version before kept."""
    kept: dict[str, dict[str, Any]] = session.get(keys.STAFF_TYPED, {})
    oldest = unix_time() - KEPT_FOR
    return {place: values for place, values in kept.items() if values.get(AT, oldest) >= oldest}


def keep_at(place: str, typed: dict[str, Any]) -> None:
    """Keep this by a number or an address, in place of what was kept by it; without words nothing is kept."""
    words = any(value for name, value in typed.items() if name not in NO_WORDS)
    if not words and place not in _kept():
        return
    moment = int(unix_time())
    kept = {other: {AT: moment, **values} for other, values in _kept().items() if other != place}
    if words:
        kept[place] = {**typed, AT: moment}
    forms = [other for other in kept if other.startswith("/")]
    requests = [other for other in kept if not other.startswith("/")]
    lately = {*forms[-MOST_FORMS:], *requests[-MOST:]}
    session[keys.STAFF_TYPED] = {other: values for other, values in kept.items() if other in lately}
    if writer := g.get("staff"):
        session[keys.STAFF_TYPED_BY] = writer.id  # of a session that began before this was noted at its start
