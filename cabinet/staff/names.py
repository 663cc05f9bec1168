"""What the members of staff are called, for whoever names them."""

from cabinet.models.staff import Staff


def staff_names() -> dict[str, str]:
    """The names of all members of staff, by their keys."""
    return {staff.id: staff.shown for staff in Staff.select()}
