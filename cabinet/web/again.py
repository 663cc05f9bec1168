"""A request whose answer failed in passing is answered once more, as long as it has written nothing.

PostgreSQL ends what is open when it restarts or another server takes over, and refuses any transaction
because of others. What fails after something was written is tried again by its own unit (`models/unit.py`).
"""

import copy
import logging
from collections.abc import Callable
from typing import cast

from flask import Flask, Response
from flask.ctx import RequestContext
from flask.globals import request_ctx

from cabinet.models.connections import commits
from cabinet.models.failures import AWAY, passing
from cabinet.models.unit import PAUSES, recover, remember_by, wait_before, was_tried
from cabinet.telemetry import events
from cabinet.web.connection import COMMITS, UNTIL, disconnect
from cabinet.web.current import request
from cabinet.web.sessions import ServerSession, session

log = logging.getLogger(__name__)

TRIED = "cabinet.tried"


def init_app(app: Flask) -> None:
    """To be called before whatever may write."""
    app.before_request(remember_the_session)


def remember_the_session() -> None:
    """Have units put the session back before they are tried again."""
    remember_by(lambda: noted(cast(ServerSession, request_ctx.session)))


def noted(kept: ServerSession) -> Callable[[], None]:
    """How a session is now; what is returned puts it back."""
    data, state, row = copy.deepcopy(dict(kept)), dict(vars(kept)), kept.row
    written = (row.data, row.user_id) if row else None

    def restore() -> None:
        kept.clear()
        kept.update(copy.deepcopy(data))
        if row and written:
            row.data, row.user_id = written
        vars(kept).update(state)  # last, for a change is noted in it

    return restore


def answer_again(app: Flask, answer: Response) -> Response:
    """Another answer to this request where that is of use; else `answer`.

    The body was read already, so what was parsed of it goes on with the request.
    """
    environ = request.environ
    tried, error = environ.get(TRIED, 0), session.failure
    if not _of_use(error) or tried == len(PAUSES) or not wait_before(tried, environ[UNTIL]):
        if isinstance(error, AWAY):
            log.error("the database does not answer: %s", type(error).__name__)
        return answer
    log.warning("the database failed in passing: %s", type(error).__name__)
    events.forget()
    recover(error)
    disconnect()
    environ[TRIED] = tried + 1
    same = request_ctx.request
    for file in vars(same).get("files", {}).values():  # those that were parsed
        file.seek(0)
    with app.app_context(), RequestContext(app, environ, same):
        answer = app.full_dispatch_request()
    environ["werkzeug.request"] = same  # whoever looks for it when the answer begins
    return answer


def _of_use(error: Exception | None) -> bool:
    return passing(error) and not was_tried(error) and request.environ.get(COMMITS) == commits()
