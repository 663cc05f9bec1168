"""A column that has whole names is called so in English, too; the field of a first name is another word."""

import pytest

from cabinet.models import Staff
from tests.staff.office import furnish
from tests.visitor import Visitor

PAGES = (
    "requests/all",
    "residents",
    "registrations",
    "registrations/invitations",
    "people",
    "request/99550001",
)


@pytest.mark.parametrize("page", PAGES)
def test_a_full_name_is_no_first_name_in_english(admin_desk: Visitor, admin: Staff, page: str) -> None:
    furnish(admin)
    admin_desk.get(f"/staff/{page}?lang=en")
    titles = [one.get_text(strip=True) for one in admin_desk.page.select("th, dt")]
    assert "Name" in titles and "First name" not in titles


def test_of_two_fields_each_keeps_its_word(admin_desk: Visitor) -> None:
    admin_desk.get("/staff/registrations/invitations/new?lang=en")
    assert {"Last name", "First name"} <= {
        one.get_text(strip=True).rstrip("*") for one in admin_desk.page.select("label")
    }
