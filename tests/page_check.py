"""What holds for every page and fragment that the cabinet sends."""

import hashlib
import re

from bs4 import BeautifulSoup, Tag
from werkzeug.wrappers import Response

from tests.markup import Sheet, attribute, one

UNLABELLED = ("hidden", "submit", "button", "image", "reset")


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
    """A digest of the markup alone: words and values are reduced to whether there are any."""
    markup = re.sub(r">[^<>]*[^<>\s][^<>]*<", ">x<", html)
    markup = re.sub(r'value="[^"]+"', 'value="x"', markup)
    return hashlib.sha256(markup.encode("utf-8", "replace")).hexdigest()


def _check_structure(page: BeautifulSoup, whole: bool) -> None:
    if whole:
        assert page.html and page.html.get("lang"), "the language is named"
    assert len(page.find_all("title")) == 1 and one(page, "title").get_text(strip=True), "one title"
    assert len(page.find_all("h1")) == 1 and one(page, "h1").get_text(strip=True), "one heading"
    ids = [element["id"] for element in page.find_all(id=True)]
    assert len(ids) == len(set(ids)), f"ids twice: {sorted({i for i in ids if ids.count(i) > 1})}"
    for name in ("aria-describedby", "aria-labelledby", "aria-errormessage", "aria-controls"):
        for element in page.find_all(True, attrs={name: True}):
            assert set(attribute(element, name).split()) <= set(ids), f"{name} names nothing: {element}"
    for label in page.find_all("label", attrs={"for": True}):
        assert label["for"] in ids, f"a label of nothing: {label}"
    for field in page.find_all(["input", "select", "textarea"]):
        assert field.get("type") in UNLABELLED or _labelled(field, page), f"no label: {field}"
    for form in page.find_all("form"):
        assert form.get("action"), "a form names its address"
        if str(form.get("method", "")).lower() == "post":
            assert form.find("input", attrs={"name": "csrf_token"}), "a form carries the token"
        _check_passwords(form)
    for element in page.find_all(True):
        assert not [a for a in element.attrs if a.startswith("on") or a == "style"], f"inline: {element}"
    assert not page.find_all("style"), "inline style sheet"
    assert all(script.get("src") and not script.string for script in page.find_all("script")), "inline script"


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


def _labelled(field: Tag, page: BeautifulSoup) -> bool:
    return bool(
        field.get("aria-hidden") == "true"  # the phone, for password managers alone
        or field.get("aria-label")
        or field.get("aria-labelledby")
        or field.find_parent("label")
        or page.find("label", attrs={"for": str(field.get("id"))})
    )
