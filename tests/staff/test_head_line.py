"""The line at the head of every page of the staff says in which section it is."""

import pytest

from tests.staff.test_requests import asked
from tests.visitor import Visitor


def test_the_head_line_says_in_which_section_a_request_is(desk: Visitor) -> None:
    asked()
    for address in ("/staff/requests", "/staff/request/12345678"):
        desk.get(address)
        assert desk.one(".staff__nav [aria-current]").get_text().startswith("Заявки")


@pytest.mark.parametrize(
    ("address", "section"),
    [("templates", "Заявки"), ("template/new", "Заявки"), ("data-requests", "Жители"), ("sms", "Сообщения")],
)
def test_pages_beside_the_lists_are_of_a_section_too(desk: Visitor, address: str, section: str) -> None:
    desk.get(f"/staff/{address}")
    assert desk.one(".staff__nav [aria-current]").get_text().startswith(section)
