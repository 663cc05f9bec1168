"""Questions that passkeys answer: each is put to one session, for one purpose, and counts once."""

from cabinet.models.base import unix_time
from cabinet.models.database import db
from cabinet.models.passkey_answers import Answer, BadAnswerError, challenge, read
from cabinet.web import session_keys as keys
from cabinet.web.sessions import session

MOST_ANSWERS = 50  # kept of a session; more in an hour are no person's


def ask(purpose: str) -> bytes:
    """A question to this browser. It costs nothing to ask: nothing is written before the answer."""
    return challenge(session.key, purpose)


def take_answer(text: str, purpose: str) -> Answer:
    """The answer to a question put to this session, its challenge used up for good.

    That is committed before anything is judged, so that of the same answer sent twice one counts. Raises
    BadAnswerError.
    """
    answer = read(text, session.key, purpose)
    with db.atomic():
        session.lock()  # whoever sent the same answer is through, and seen
        written = session.row.data.get(keys.ANSWERED, {}) if session.row else {}
        live = {nonce: until for nonce, until in written.items() if until >= unix_time()}
        if answer.nonce in live or len(live) >= MOST_ANSWERS:
            raise BadAnswerError("answered before")
        session[keys.ANSWERED] = {**live, answer.nonce: answer.until}
        session.keep()
    return answer
