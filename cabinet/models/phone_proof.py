"""How well it was proved that a resident has the phone of the cabinet."""

from cabinet.models.registration import Registration


def by_contact_alone(user_id: str, phone: str) -> bool:
    """Whether the cabinet was begun on the phone by a contact in MAX, which a former owner may have."""
    began = Registration.user == user_id, Registration.phone == phone, Registration.proved_by.is_null(False)
    return Registration.select().where(*began).exists()
