"""The form of the request: short where it can be, and everything in sight that matters."""

import pytest

from cabinet.models import ConnectionRequest
from tests.markup import one
from tests.requests.conftest import MISSED, REQUEST, make, to_request
from tests.visitor import Visitor


def fold(visitor: Visitor) -> bool:
    """Whether the optional part is in sight."""
    return one(visitor.page, "details.more").has_attr("open")


def test_what_is_optional_is_folded_until_it_matters(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    assert not fold(visitor) and visitor.value("account") == MISSED["account"]
    assert f"лицевой счёт {MISSED['account']}, октябрь 2026, 1 234,50 ₽" in visitor.text, "what goes along"
    visitor.fill_and_submit(**{**REQUEST, "email": "", "comment": "Дом новый."})
    assert fold(visitor) and visitor.value("comment") == "Дом новый."


def test_a_flat_with_a_letter_can_be_typed_on_a_phone(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    assert not visitor.one("#flat").has_attr("inputmode"), "the keyboard of digits has no «А» for 12А"
    visitor.fill_and_submit(**{**REQUEST, "flat": "12А"})
    assert ConnectionRequest.get().flat == "12А"


def test_the_fold_opens_where_something_in_it_is_wrong(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**{**REQUEST, "account": "7" * 65, "comment": ""})
    assert fold(visitor) and visitor.error("account")


def test_the_summary_names_three_and_counts_the_others(visitor: Visitor, receipt: dict[str, str]) -> None:
    to_request(visitor)
    visitor.fill_and_submit(**dict.fromkeys(REQUEST, ""))
    links = visitor.page.select("#errors li a")
    assert [link["href"] for link in links] == ["#last_name", "#first_name", "#email", "#city"]
    assert "Не заполнены обязательные поля" in visitor.text
    assert links[-1].get_text().replace("\xa0", " ") == "и ещё 3"


@pytest.mark.parametrize(("building", "said"), [("2", "корп. 2"), ("к. 2", "к. 2"), ("стр. 1", "стр. 1")])
def test_a_building_is_said_as_it_was_typed(database: object, building: str, said: str) -> None:
    assert f"д. 3, {said}, кв. 7" in make(building=building).address
    assert ConnectionRequest.select().count() == 1
