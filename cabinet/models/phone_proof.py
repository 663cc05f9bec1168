"""How well it was proved that a resident has the phone of the cabinet."""

from cabinet.models.code import OneTimeCode
from cabinet.models.database import transaction
from cabinet.models.max_contact import MaxContact
from cabinet.models.user import User


def by_contact_alone(user_id: str, phone: str) -> bool:
    """Whether the cabinet was begun on the phone by a contact in MAX, which a former owner may have."""
    row = User.registration_set.rel_model  # registrations give numbers away, which is asked for first
    began = row.user == user_id, row.phone == phone, row.proved_by.is_null(False)
    return bool(row.select().where(*began).exists())


def came_by_sim(code: OneTimeCode) -> bool:
    """Whether the digits went by SMS and calls alone, so that who typed them has the SIM."""
    kinds = [kind for subjects in (code.counted or {}).values() for kind, _subject in subjects]
    return (
        bool(kinds)
        and all(kind.startswith(("sms-", "call-")) for kind in kinds)
        and not MaxContact.brought(code.id)
    )


def proved_by_sim(user: User) -> None:
    """A code to the SIM was right of whoever is in the cabinet, or proved a receipt of it: no contact now."""
    with transaction():
        row = User.registration_set.rel_model
        row.update(proved_by=None).where(row.user == user.id, row.phone == user.phone).execute()
