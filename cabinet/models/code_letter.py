"""A code by letter: for residents whose address is confirmed, in a browser where they signed in before."""

from cabinet.models.account_event import AccountEvent
from cabinet.models.base import now, settings
from cabinet.models.code import OneTimeCode
from cabinet.models.code_limits import count_code
from cabinet.models.database import transaction
from cabinet.models.message import Message
from cabinet.models.prepared import insert, update
from cabinet.models.user import User


def send_letter(current: OneTimeCode, user: User, ip: str, locale: str) -> OneTimeCode:
    """Write the digits of the code to the resident, or those of a new one where they are good no more.

    Raises TooManyError when a limit of letters is reached; budgets of SMS do not count.
    """
    with transaction():
        counted = count_code("mail", user.phone, ip, known=True, device=True)
        code, found = current, current.live
        if not found:
            code = OneTimeCode(
                purpose=current.purpose, phone=user.phone, expires_at=now() + settings().code_life
            )
        left = int((code.expires_at - now()).total_seconds())
        what = {"code": code.id, "purpose": code.purpose, "name": user.first_name}
        message = Message.enqueue("mail", "code", user.email, what, locale, expires=max(1, left))
        code.message, code.just_sent = message.id, (message, counted.next_wait)
        code.counted = {**(code.counted or {}), message.id: counted.subjects}
        if found:
            update(code, "message", "counted")
        else:
            insert(code)
        AccountEvent.record("code-sent", user.phone, ip, purpose=code.purpose, way="mail")
    return code
