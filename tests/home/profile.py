"""«Мои данные», as a resident comes to its pages."""

from tests.markup import attribute
from tests.visitor import Visitor

WRONG = "Неверный0пароль"


def to(visitor: Visitor, page: str) -> None:
    """To a page of «Мои данные», by its link."""
    visitor.get("/home")
    visitor.follow("Мои данные")
    link = visitor.page.find("a", href=f"/home/profile/{page}")
    visitor.get(attribute(link, "href"))
