"""How well it was proved that a resident has the phone of the cabinet."""

from cabinet.models.database import transaction
from cabinet.models.registration import Registration
from cabinet.models.user import User


def by_contact_alone(user_id: str, phone: str) -> bool:
    """Whether the cabinet was begun on the phone by a contact in MAX, which a former owner may have."""
    began = Registration.user == user_id, Registration.phone == phone, Registration.proved_by.is_null(False)
    return Registration.select().where(*began).exists()


def proved_by_sim(user: User) -> None:
    """A code to the SIM and a receipt of the cabinet were right: it is more than a contact now."""
    with transaction():
        mine = (Registration.user == user.id, Registration.phone == user.phone)
        Registration.update(proved_by=None).where(*mine).execute()
