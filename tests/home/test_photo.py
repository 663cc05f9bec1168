"""One more address by a photo of its receipt."""

from tests.cast import LESNAYA, SADOVAYA, bill, resident
from tests.placing import signed_in
from tests.receipts import paper
from tests.receipts.sending import FILLED, filled, marked, send
from tests.requests import files
from tests.visitor import Visitor

ADDRESS = "/home/accounts/new/photo"


def test_one_more_address_by_photo(visitor: Visitor) -> None:
    bill()
    resident(accounts=[SADOVAYA])
    signed_in(visitor)
    visitor.get("/home/accounts/new")
    send(visitor, files.image(), ADDRESS, account="5")
    assert "Подойдите ближе" in visitor.error("photo") and visitor.value("account") == "5"
    send(visitor, paper.photo(), ADDRESS)
    assert visitor.path == "/home/accounts/new" and filled(visitor) == FILLED and len(marked(visitor)) == 3
    visitor.fill_and_submit()
    assert visitor.path == "/home" and LESNAYA in visitor.text
