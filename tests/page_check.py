"""What holds for every page and fragment that the cabinet sends."""

from bs4 import BeautifulSoup, Tag
from werkzeug.wrappers import Response

UNLABELLED = ("hidden", "submit", "button", "image", "reset")


def check_page(page: BeautifulSoup, response: Response, whole: bool = True) -> None:
    """What holds for every page and fragment: structure, labels, policy, no caching."""
    if whole:
        assert page.html and page.html.get("lang"), "the language is named"
    assert len(page.find_all("title")) == 1 and page.title.get_text(strip=True), "one title"
    assert len(page.find_all("h1")) == 1 and page.h1.get_text(strip=True), "one heading"
    ids = [element["id"] for element in page.find_all(id=True)]
    assert len(ids) == len(set(ids)), f"ids twice: {sorted({i for i in ids if ids.count(i) > 1})}"
    for name in ("aria-describedby", "aria-labelledby", "aria-errormessage", "aria-controls"):
        for element in page.find_all(attrs={name: True}):
            assert set(element[name].split()) <= set(ids), f"{name} names nothing: {element}"
    for label in page.find_all("label", attrs={"for": True}):
        assert label["for"] in ids, f"a label of nothing: {label}"
    for field in page.find_all(["input", "select", "textarea"]):
        assert field.get("type") in UNLABELLED or _labelled(field, page), f"no label: {field}"
    for form in page.find_all("form"):
        assert form.get("action"), "a form names its address"
        if form.get("method", "").lower() == "post":
            assert form.find("input", attrs={"name": "csrf_token"}), "a form carries the token"
    for element in page.find_all(True):
        assert not [a for a in element.attrs if a.startswith("on") or a == "style"], f"inline: {element}"
    assert not page.find_all("style"), "inline style sheet"
    assert all(script.get("src") and not script.string for script in page.find_all("script")), "inline script"
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "frame-ancestors" in policy, policy
    assert "no-store" in response.headers["Cache-Control"], "private pages are stored nowhere"


def _labelled(field: Tag, page: BeautifulSoup) -> bool:
    return bool(
        field.get("aria-hidden") == "true"  # the phone, for password managers alone
        or field.get("aria-label")
        or field.get("aria-labelledby")
        or field.find_parent("label")
        or page.find("label", attrs={"for": field.get("id")})
    )
