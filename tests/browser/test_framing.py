"""Attacks by pages around the frame, in real browsers: framing, forged forms, planted tokens, lies."""

import json
import random
import ssl
import urllib.request
from functools import partial
from urllib.parse import urlsplit

import pytest

from tests.browser.engines import Engine, Tab
from tests.browser.framed import HEIGHT, INNER, put, to_code
from tests.browser.secure import Sites, frame_page, script_page
from tests.waiting import PATIENCE, until

# where third-party cookies work, a forged request would carry them
EVERY = [
    pytest.param(Engine("chromium"), id="chromium"),
    pytest.param(Engine("firefox"), id="firefox"),
    pytest.param(Engine("webkit"), id="webkit"),
]


@pytest.fixture(params=EVERY)
def its_engine(request: pytest.FixtureRequest) -> Engine:
    """Each in turn, with its own way about cookies."""
    engine: Engine = request.param
    return engine


def strangers(sites: Sites, address: str) -> str:
    """The same page on a site that is not listed."""
    return address.replace(sites.company, sites.stranger)


def shows_nothing(where: Tab) -> bool:
    """Whether the frame shows nothing of the cabinet."""
    return not where.sees("form") and "Домопульт" not in where.words()


def watched(page: str) -> str:
    """The page, noting when its frame has loaded something, be it nothing but a refusal."""
    return page.replace("<iframe", '<iframe onload="window.loaded = true"', 1)


def twice_loaded(address: str) -> str:
    """A second frame that loads an address two times over: a redirect begun with it is followed by then.

    Firefox and WebKit say nothing of a redirect that is refused itself.
    """
    again = "if (window.again) { window.loaded = true } else { window.again = 1; this.src = this.src }"
    return f'<iframe src="{address}" onload="{again}"></iframe>'


def until_loaded(where: Tab) -> None:
    """Wait until a frame that is `watched` has loaded."""
    until(lambda: where.run("return window.loaded === true"), "the frame loads nothing")


def fetch(url: str, **headers: str) -> tuple[str, str]:
    """Path and text of where an address leads, without a browser; names under .localhost are this machine."""
    where = urlsplit(url)
    assert where.hostname and where.port
    request = urllib.request.Request(
        url.replace(where.hostname, "127.0.0.1"),
        headers={"Host": where.netloc} | {k.replace("_", "-"): v for k, v in headers.items()},
    )
    context = ssl._create_unverified_context()
    with urllib.request.urlopen(request, context=context, timeout=PATIENCE) as answer:
        return urlsplit(answer.url).path, answer.read().decode()


@pytest.mark.parametrize("path", ["/", "/home", "/no-such-page", "/staff", "/register/account"])
def test_a_site_that_is_not_listed_sees_nothing(opened: Tab, sites: Sites, path: str) -> None:
    page = watched(frame_page(sites.cross_site, path))
    if path == "/staff":
        page += twice_loaded(f"{sites.cross_site}/staff/sign-in")
    opened.go(strangers(sites, put(sites, page)))
    until_loaded(opened)
    assert shows_nothing(opened)


def test_nobody_frames_the_staff(opened: Tab, sites: Sites) -> None:
    opened.go(put(sites, frame_page(sites.cross_site)))
    opened.see("#phone")
    opened.go(put(sites, watched(frame_page(sites.cross_site, "/staff/sign-in"))))
    until_loaded(opened)
    assert shows_nothing(opened)


def test_where_the_frame_is_refused_there_is_a_plain_link(opened: Tab, sites: Sites) -> None:
    opened.go(strangers(sites, put(sites, script_page(sites.cross_site))))
    link = "return document.querySelector('[data-cabinet] a')?.href ?? ''"
    until(lambda: opened.run(link).startswith(f"{sites.cross_site}/"), "no link")
    assert opened.run(HEIGHT) <= 1


def test_lying_messages_move_nothing(opened: Tab, sites: Sites) -> None:
    lie = '{cabinet: 1, type: "height", height: 7777}'
    steps = '{cabinet: 1, type: "registered"}'
    liar = put(
        sites,
        f"<script>setInterval(() => {{ parent.postMessage({lie}, '*'); parent.postMessage({steps}, '*');"
        f" for (let i = 0; i < parent.length; i++) parent[i].postMessage({lie}, '*'); }}, 50)</script>",
    )
    line = script_page(sites.cross_site)
    opened.go(put(sites, f"{line}<iframe src='{strangers(sites, liar)}'></iframe>"))
    opened.run("window.heard = []; addEventListener('cabinet:registered', () => heard.push(1))")
    opened.run("window.lies = 0; addEventListener('message', e => { lies += e.data?.height === 7777 })")
    opened.see("#phone")
    opened.run(
        "const frame = document.querySelector('iframe');"
        f"for (const lie of [{lie}, {steps}, null, 'x', {{cabinet: 1}}]) {{ postMessage(lie, '*');"
        " frame.contentWindow.postMessage(lie, '*'); }"
    )
    inside = opened.words()
    to_code(opened)
    before = opened.run("return lies")
    until(lambda: opened.run("return lies") >= before + 10, "the liar is silent")
    assert opened.run("return heard.length") == 0
    assert opened.run(HEIGHT) == opened.run(INNER, inside=True) < 2000
    assert "Домопульт" in inside, "the frame heeds nothing it is told"


def _height_is_between(opened: Tab, least: int, most: int) -> bool:
    return least <= float(opened.run(HEIGHT)) <= most


def test_absurd_numbers_of_the_frame_itself_are_clamped(opened: Tab, sites: Sites) -> None:
    opened.go(put(sites, script_page(sites.cross_site)))
    to_code(opened)
    for told, at_least, at_most in (("1e9", 10000, 10000), ("-5", 120, 120), ("NaN", 100, 2000)):
        opened.run(
            f"parent.postMessage({{cabinet: 1, type: 'height', height: {told}}}, '*')",
            inside=True,
        )
        if told != "NaN":
            until(partial(_height_is_between, opened, at_least, at_most), f"height {told}")


def test_a_listener_that_is_not_listed_is_told_nothing(opened: Tab, sites: Sites) -> None:
    """A page that opens the cabinet in a window of its own gets no message either."""
    listener = "<script>window.got = []; addEventListener('message', e => got.push(e.origin))</script>"
    opened.go(strangers(sites, put(sites, listener + watched(frame_page(sites.cross_site)))))
    until_loaded(opened)
    assert sites.cross_site not in opened.run("return got")


@pytest.mark.parametrize("relation", ["same-site", "cross-site"])
def test_a_form_of_another_site_signs_nobody_in(opened: Tab, sites: Sites, relation: str) -> None:
    """Login CSRF: the victim would go on in the attacker's cabinet."""
    cabinet = sites.cabinet(relation)
    opened.framed = False
    opened.go(f"{cabinet}/")
    to_code(opened)
    form = (
        f'<form method="post" action="{cabinet}/"><input name="phone" value="+79160000000">'
        '<input name="consent" value="y"><button>Win</button></form>'
    )
    page = put(sites, form)
    for address in (page, strangers(sites, page)):
        opened.go(address)
        opened.press("button")
        opened.see("#title")
        assert "916 000-00-00" not in opened.words() and not opened.sees("#password")
        opened.go(f"{cabinet}/code")
        opened.see("#code")
        assert "916 000-00-00" not in opened.words()


def test_a_planted_token_has_no_rights(opened: Tab, sites: Sites) -> None:
    """Session fixation: by an address, and by a cookie from another host of the company's own site."""
    cabinet = sites.same_site
    planted = json.loads(fetch(f"{cabinet}/session")[1])["token"]
    opened.framed = False
    opened.go(put(sites, "<p>Company</p>"))
    opened.run(
        "for (const name of ['__Host-cabinet', 'cabinet'])"
        f" document.cookie = `${{name}}={planted}; Domain=company.localhost; Path=/; Secure`"
    )
    opened.go(f"{cabinet}/?_session={planted}")
    phone = f"+7916{random.randrange(10**7):07d}"
    to_code(opened, phone)
    opened.fill("#code", sites.site.sms_code(phone))
    opened.see("#account")
    # WebKitGTK takes the cookie, whatever its prefix; the token was replaced when the phone was verified
    assert fetch(f"{cabinet}/register/account", X_Cabinet_Session=planted)[0] in ("/", "/code")


def test_no_message_is_listened_to_inside_the_frame(opened: Tab, sites: Sites) -> None:
    """What the embedding page says cannot steer the frame: its text is the same after any message."""
    opened.go(put(sites, script_page(sites.cross_site)))
    to_code(opened)
    before = opened.words("#step h1")
    opened.run("window.told = 0; addEventListener('message', () => { told += 1 })", inside=True)
    opened.run(
        "const inner = document.querySelector('iframe').contentWindow;"
        "for (const type of ['step', 'height', 'login', 'navigate', 'token'])"
        " inner.postMessage({cabinet: 1, type, step: 'entry/phone', url: '/', token: 'x'}, '*')"
    )
    until(lambda: opened.run("return told", inside=True) == 5, "the messages do not arrive")
    assert opened.words("#step h1") == before
