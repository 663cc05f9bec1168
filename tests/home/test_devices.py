"""Where the resident is signed in, and how that ends."""

from flask import Flask

from cabinet.models import Device, WebSession
from tests.cast import NEW_PASSWORD, OTHER_PHONE, PASSWORD, resident
from tests.journeys import sign_in
from tests.markup import one
from tests.placing import signed_in
from tests.visitor import Visitor

AGENTS = {
    "Chrome, Windows": "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36",
    "Safari, iPhone": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile Safari/604.1",
    "Яндекс Браузер, Android": "Mozilla/5.0 (Linux; Android 14) Chrome/128.0 YaBrowser/24.10 Mobile",
}
END_OTHERS = "form:has(input[value=others])"


def browser(app: Flask, name: str, ip: str) -> Visitor:
    """A visitor with a browser of that name."""
    visitor = Visitor(app, ip=ip)
    visitor.client.environ_base["HTTP_USER_AGENT"] = AGENTS[name]
    return visitor


def to_devices(visitor: Visitor) -> list[str]:
    """The list, a line each."""
    visitor.get("/home/profile/devices")
    return [card.get_text(" ", strip=True) for card in visitor.page.select(".cards .card")]


def test_the_list_says_what_when_and_where(app: Flask, guest: Visitor) -> None:
    resident()
    for number, name in enumerate(AGENTS):
        sign_in(browser(app, name, f"198.51.100.{number}"))
    signed_in(guest)
    lines = to_devices(guest)
    assert len(lines) == 4 and sum("это устройство" in line for line in lines) == 1
    for number, name in enumerate(AGENTS):
        assert any(name in line and f"198.51.100.{number}" in line for line in lines)
    assert all("Последний раз" in line for line in lines)
    assert not [s.key for s in WebSession.select() if s.key in str(guest.page)], "keys are not shown"


def test_one_is_ended(app: Flask, visitor: Visitor) -> None:
    resident()
    phone, computer = (browser(app, name, "198.51.100.7") for name in list(AGENTS)[:2])
    for browsing in (phone, computer, visitor):
        signed_in(browsing)
    to_devices(visitor)
    card = next(c for c in visitor.page.select(".cards .card") if "Chrome, Windows" in c.get_text())
    handle = one(card, "[name=device]")["value"]
    visitor.fill_and_submit(f"form:has(input[value='{handle}'])")
    assert visitor.path == "/home/profile/devices" and "На том устройстве вы вышли" in visitor.text
    assert len(to_devices(visitor)) == 2
    phone.get("/home"), computer.get("/home")
    assert (phone.path, computer.path) == ("/", "/home")


def test_the_place_is_where_it_was_last_seen(guest: Visitor) -> None:
    resident()
    signed_in(guest)
    guest.ip = "198.51.100.77"
    guest.get("/home")
    (line,) = to_devices(guest)
    assert "198.51.100.77" in line and "192.0.2.1" not in line


def test_all_others_are_ended(app: Flask, guest: Visitor) -> None:
    resident(), resident(OTHER_PHONE)
    others = [Visitor(app), Visitor(app)]
    neighbour = Visitor(app)
    for other in others:
        signed_in(other)
    signed_in(neighbour, OTHER_PHONE)
    signed_in(guest)
    to_devices(guest)
    guest.fill_and_submit(END_OTHERS)
    assert guest.path == "/home/profile/devices" and not guest.page.select(END_OTHERS)
    assert Device.select().count() == 2, "those ended are strangers again"
    for other in others:
        other.get("/home")
        assert other.path == "/"
    neighbour.get("/home")
    assert neighbour.path == "/home"


def test_sessions_of_others_are_as_good_as_missing(app: Flask, guest: Visitor) -> None:
    resident()
    other = resident(OTHER_PHONE)
    neighbour = Visitor(app)
    signed_in(neighbour, OTHER_PHONE)
    signed_in(guest)
    session = WebSession.get(WebSession.user_id == other.id)
    token = guest.csrf_token
    answers = set()
    for handle in (session.handle, session.key, "x" * 24, "", "\0", "Others"):
        guest.post("/home/profile/devices", {"csrf_token": token, "device": handle})
        assert guest.status == 404
        answers.add(guest.text)
    assert len(answers) == 1
    neighbour.get("/home")
    assert neighbour.path == "/home"


def test_a_token_just_replaced_is_no_device(app: Flask, guest: Visitor) -> None:
    resident()
    signed_in(guest)
    guest.get("/home/profile/password")
    guest.fill_and_submit(current_password=PASSWORD, password=NEW_PASSWORD)
    assert len(to_devices(guest)) == 1


def test_ones_own_session_is_not_ended_there(guest: Visitor) -> None:
    resident()
    signed_in(guest)
    own = WebSession.get(WebSession.user_id.is_null(False)).handle
    token = guest.csrf_token
    guest.post("/home/profile/devices", {"csrf_token": token, "device": own})
    assert guest.path == "/home/profile/devices" and len(to_devices(guest)) == 1
