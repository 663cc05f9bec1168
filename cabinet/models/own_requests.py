"""Which connection requests go with a cabinet when it is erased: the resident's, and none of a stranger's."""

from typing import Any

from cabinet.models.account_event import has_number_since
from cabinet.models.phone_proof import by_contact_alone
from cabinet.models.request import ConnectionRequest
from cabinet.models.user import User, search_key


def of_cabinet(user: User) -> Any:
    """The condition: their own, and those of their number that belong to no cabinet.

    One from before the number was theirs may be of whoever had it then: it goes where it bears their name.
    A number that only a contact in MAX proved says nothing at all of whose requests these are; nor is a
    request that such a contact proved of who has the SIM.
    """
    row = ConnectionRequest
    own = row.user == user.id
    nobodys = (row.phone == user.phone) & row.user.is_null() & row.proved_by.is_null()
    if by_contact_alone(user.id, user.phone):
        return own
    since = has_number_since(user)
    before = list(row.select().where(nobodys, row.created_at < since))
    named = [one.id for one in before if _name(one) == _name(user)]
    return own | (nobodys & ((row.created_at >= since) | row.id.in_(named)))


def _name(one: Any) -> bytes:
    return search_key(f"{one.last_name} {one.first_name}")
