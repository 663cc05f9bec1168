"""Finds accounts of billing by what somebody says on the telephone: a number of any kind, or an address."""

import re
from contextlib import suppress
from typing import Any

from peewee import fn

from cabinet import fields
from cabinet.models.account import Account, billed_number
from cabinet.models.database import is_sqlite
from cabinet.models.word_search import is_whole, telling, words_in

MOST = 20  # shown
LOOKED_AT = 500  # accounts whose addresses are compared word by word
_YO = re.compile(r"[её]")  # billing may write either


def find_accounts(query: str) -> tuple[list[Account], bool]:
    """The accounts of this number (of billing, ЕЛС, ЖКУ), else those whose address has all of these words.

    Words may stand in any order, and but for numbers only begin so. True besides: there may be others.
    """
    if not query.strip():
        return [], False
    with suppress(fields.FieldError):
        found: Account | None = Account.get_or_none(
            Account.number == billed_number(fields.account_number(query))
        )
        if found:
            return [found], False
    asked = list(dict.fromkeys(telling(query)))
    if not any(len(word) > 2 and not word.isdigit() for word in asked):
        return [], False  # house 5 of any street
    rows = list(Account.select().where(*_likely(asked)).order_by(Account.number).limit(LOOKED_AT))
    found_here = [row for row in rows if _has_all(row, asked)]
    return found_here[:MOST], len(rows) == LOOKED_AT or len(found_here) > MOST


def _likely(words: list[bytes]) -> list[Any]:
    """What an address with these words holds, whatever letters are capitals in it: all but the first.

    One pass over the table by the database itself; Russian capitals are nothing to SQLite.
    """
    holds = fn.INSTR if is_sqlite() else fn.STRPOS
    conditions = []
    for word in words:
        text = word.decode()
        inner = text if text.isdigit() else max(_YO.split(text[1:]), key=len)
        if inner:
            spelled = {inner, inner.upper()}
            condition = None
            for one in sorted(spelled):
                here = (holds(Account.address, one) > 0) | (holds(Account.premises, one) > 0)
                condition = here if condition is None else condition | here
            conditions.append(condition)
    return conditions


def _has_all(account: Account, words: list[bytes]) -> bool:
    own = words_in(f"{account.address} {account.premises}")
    return all(any(one == word if is_whole(word) else one.startswith(word) for one in own) for word in words)
