"""What holds for every page and fragment that the cabinet sends."""

import hashlib
import re

from bs4 import BeautifulSoup, Tag
from werkzeug.wrappers import Response

from tests.markup import Sheet, attribute

UNLABELLED = ("hidden", "submit", "button", "image", "reset")
REFERENCES = {"aria-describedby", "aria-labelledby", "aria-errormessage", "aria-controls"}


UNREAD = re.compile(r'\b(action|class|content|data-[\w-]+|datetime|href|src|title|value)="[^"]+"')
_checked: set[tuple[str, bool]] = set()


def check_page(sheet: Sheet, response: Response, whole: bool = True) -> None:
    """Check a page or fragment: structure, labels, policy, no caching.

    Pages that differ in nothing but words and values are looked at once a run.
    """
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "frame-ancestors" in policy, policy
    assert "no-store" in response.headers["Cache-Control"], "private pages are stored nowhere"
    seen = (skeleton(sheet.html), whole)
    if seen not in _checked:
        _check_structure(sheet.page, whole)
        _checked.add(seen)


def skeleton(html: str) -> str:
    """A digest of the markup alone: words and values are reduced to whether there are any.

    So are attributes of which no check asks more.
    """
    markup = re.sub(r">[^<>]*[^<>\s][^<>]*<", ">x<", html)
    markup = UNREAD.sub(r'\1="x"', markup)
    return hashlib.sha256(markup.encode("utf-8", "replace")).hexdigest()


def _check_structure(page: BeautifulSoup, whole: bool) -> None:
    if whole:
        assert page.html and page.html.get("lang"), "the language is named"
    elements = [element for element in page.descendants if isinstance(element, Tag)]
    named: dict[str, list[Tag]] = {}
    for element in elements:
        named.setdefault(element.name, []).append(element)
        assert not [a for a in element.attrs if a.startswith("on") or a == "style"], f"inline: {element}"
    for name, what in (("title", "one title"), ("h1", "one heading")):
        found = named.get(name, [])
        assert len(found) == 1 and found[0].get_text(strip=True), what
    ids = _check_ids(elements)
    labels = {str(label["for"]) for label in named.get("label", ()) if label.has_attr("for")}
    assert labels <= ids, f"labels of nothing: {labels - ids}"
    for field in (field for name in ("input", "select", "textarea") for field in named.get(name, ())):
        assert field.get("type") in UNLABELLED or _labelled(field, labels), f"no label: {field}"
    for form in named.get("form", ()):
        assert form.get("action"), "a form names its address"
        if str(form.get("method", "")).lower() == "post":
            assert form.find("input", attrs={"name": "csrf_token"}), "a form carries the token"
        _check_passwords(form)
    assert "style" not in named, "inline style sheet"
    scripts = named.get("script", ())
    assert all(script.get("src") and not script.string for script in scripts), "inline script"


def _check_ids(elements: list[Tag]) -> set[str]:
    """Check that each id is there once, and that what names one names one that is there; returns them."""
    ids = [str(element["id"]) for element in elements if element.has_attr("id")]
    known = set(ids)
    assert len(ids) == len(known), f"ids twice: {sorted({i for i in ids if ids.count(i) > 1})}"
    for element in elements:
        for name in REFERENCES & element.attrs.keys():
            assert set(attribute(element, name).split()) <= known, f"{name} names nothing: {element}"
    return known


def _check_passwords(form: Tag) -> None:
    """Password managers are told whose a password is, which it is, and what is a code and no password."""
    inputs = form.find_all("input")
    told = [str(field.get("autocomplete", "")) for field in inputs]
    passwords = [field for field in inputs if field.get("type") == "password"]
    for field in passwords:
        assert field.get("autocomplete") in ("current-password", "new-password"), field
    if passwords:
        assert told.count("username") == 1, f"whose password is it? {form}"
        assert told.index("username") < inputs.index(passwords[0]), "browsers look before the password"
        owner = inputs[told.index("username")]
        assert owner.get("value") or owner.get("aria-hidden") != "true", f"nobody's: {owner}"
        assert not str(owner.get("value", "")).startswith("~"), f"what stands for no number: {owner}"
    for field in inputs:
        if field.get("name") == "code" and field.get("inputmode") == "numeric":
            assert field.get("autocomplete") == "one-time-code", field


def _labelled(field: Tag, labels: set[str]) -> bool:
    return bool(
        field.get("aria-hidden") == "true"  # the phone, for password managers alone
        or field.get("aria-label")
        or field.get("aria-labelledby")
        or field.find_parent("label")
        or str(field.get("id")) in labels
    )
