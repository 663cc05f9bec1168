"""Questions that passkeys answer: each is put to one session, for one purpose, and counts once."""

from collections.abc import Callable

from cabinet.models import Passkey, User
from cabinet.models.base import unix_time
from cabinet.models.database import db
from cabinet.models.limits import give_back_all, take_all
from cabinet.models.passkey_answers import Answer, BadAnswerError, challenge, read, verify
from cabinet.models.unit import unit
from cabinet.web import session_keys as keys
from cabinet.web.happenings import record
from cabinet.web.security import client_network
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


def prove(text: str, purpose: str, then: Callable[[User, Passkey], None]) -> None:
    """Judge the answer of a passkey; `then` is done with its owner in the transaction that keeps its use.

    Raises BadAnswerError and CredentialsChangedError, which `then` may raise, too; TooManyError for a network
    with too many wrong ones.
    """
    counted = (("passkey-ip", client_network()),)
    with db.atomic():
        take_all(counted)
        answer = take_answer(text, purpose)
    passkey = Passkey.find(answer.credential)
    user = User.find(passkey.user_id) if passkey else None
    if passkey is None or user is None:
        raise BadAnswerError("unknown")
    try:
        sign_count, backed_up = verify(answer, passkey)

        def settle() -> None:
            if not user.is_active or not passkey.used(sign_count, backed_up):
                raise BadAnswerError("used by a copy")
            give_back_all(counted)
            then(user, passkey)

        unit(settle)
    except BadAnswerError:
        with db.atomic():
            record("passkey-refused", user, passkey=passkey.id)
        raise
