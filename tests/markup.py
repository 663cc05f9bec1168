"""Pages parsed, and parts of them that must be there."""

from functools import cached_property
from typing import Any

from bs4 import BeautifulSoup, Tag


def parsed(html: str) -> BeautifulSoup:
    """A page or a fragment, without places where a line may end, which are no spaces."""
    return BeautifulSoup(html.replace("<wbr>", ""), "html.parser", store_line_numbers=False)


class Sheet:
    """A page that is parsed when somebody first looks into it: many are only passed by."""

    def __init__(self, html: str) -> None:
        self.html = html

    @cached_property
    def page(self) -> BeautifulSoup:
        """The page itself."""
        return parsed(self.html)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.page, name)

    def __str__(self) -> str:
        return str(self.page)


def one(page: Tag, selector: str) -> Tag:
    """The first element that a CSS selector finds."""
    found = page.select_one(selector)
    assert found is not None, f"no {selector} in «{page.get_text(' ', strip=True)[:300]}»"
    return found


def attribute(element: Tag | None, name: str) -> str:
    """What an attribute of an element says."""
    assert element is not None and element.has_attr(name), f"no {name} at {element}"
    value = element[name]
    return value if isinstance(value, str) else " ".join(value)
