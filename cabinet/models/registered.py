"""What follows when a cabinet is made: consents become its resident's, and the event `registered` is told."""

from typing import Any

from cabinet.models.account import Account
from cabinet.models.consent import Consent
from cabinet.models.prepared import Prepared
from cabinet.models.user import User


class PhoneTakenError(Exception):
    """Another registration has made a cabinet for this phone meanwhile."""


def claim_consents(user: User, registration: str, invitation: str | None) -> list[Consent]:
    """The consents given for the two, which are the resident's now; inside the caller's transaction."""
    return _claim_consents.all(user.id, registration, invitation)


def told_to_staff(registration: Any, user: User, account: Account, consents: list[Consent]) -> dict[str, Any]:
    """What the event says of a registration that has just become this resident."""
    return {
        "user": user.id,
        "phone": user.phone,
        "last_name": user.last_name,
        "first_name": user.first_name,
        "middle_name": user.middle_name,
        "birth_date": user.birth_date and user.birth_date.isoformat(),
        "email": user.email,
        "account": account.printed,
        "address": account.address,
        "period": registration.period and registration.period.isoformat(),
        "amount": registration.amount,
        "consents": [
            {"kind": c.kind, "version": c.version, "sha256": c.sha256, "at": c.at.isoformat()}
            | ({"way": c.way} if c.way else {})
            for c in sorted(consents, key=lambda consent: (consent.at, consent.kind))
        ],
        "registered_at": user.created_at.isoformat(),
    }


_claim_consents: Prepared[Consent] = Prepared(
    lambda user, key, invited: (
        Consent.update(user_id=user)
        .where(Consent.registration.in_((key, invited)))
        .returning(*Consent._meta.sorted_fields)
    )
)
