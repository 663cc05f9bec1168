"""The one line that embeds the cabinet: the frame's size and place, what the page asks for and is told."""

import random
from functools import partial

import pytest

from tests.browser.engines import Tab, tab
from tests.browser.framed import CHROMIUM, HEIGHT, INNER, put, to_code
from tests.browser.secure import Sites, script_page
from tests.missing import missing
from tests.waiting import until

ALLOWED = "otp-credentials; clipboard-write; publickey-credentials-get; publickey-credentials-create"
TO_THE_END = "document.querySelector('iframe').scrollIntoView(false)"  # WebKit's driver scrolls no frame
LISTEN = (
    "window.heard = []; for (const name of ['step', 'registered', 'login'])"
    " addEventListener(`cabinet:${name}`, event => heard.push([name, event.detail?.step ?? null]))"
)
ROOM = "max(604px, 1114px - 120vw)"  # what docs/embedding.md tells webmasters to reserve
# what people see: Chromium counts shifts of a frame of another process before it paints it
SHIFTS = (
    "window.shifts = 0; const [first] = performance.getEntriesByName('first-paint');"
    " window.since = first.startTime; for (const name of ['input', 'click'])"
    " addEventListener(name, () => { window.since = Infinity }, true);"
    " new PerformanceObserver(list => { for (const e of list.getEntries())"
    " if (!e.hadRecentInput && e.startTime > window.since) window.shifts += e.value; })"
    ".observe({ type: 'layout-shift', buffered: true })"
)


def until_painted(where: Tab) -> None:
    """Wait until page and frame have drawn ten pictures more: what moved late has moved."""
    count = "window.drawn = 0; const draw = () => { drawn += 1; requestAnimationFrame(draw) }; draw()"
    for inside in (False, True):
        where.run(count, inside)
    for inside in (False, True):
        until(partial(where.run, "return drawn > 10", inside), "nothing is drawn")


def until_quiet(where: Tab) -> None:
    """What the person did has had its effect: from here on nothing is to move."""
    until_painted(where)
    where.run("window.since = performance.now()", inside=True)
    until_painted(where)


def fits(where: Tab, first: bool = False) -> bool:
    """Whether nothing is to scroll in the frame; on the `first` step it may be higher than what is in it."""
    sizes = (
        "const e = document.documentElement;"
        "return [e.scrollHeight, e.clientHeight, e.scrollWidth, e.clientWidth]"
    )
    height, shown, width, seen = where.run(sizes, inside=True)
    outer, inner = where.run(HEIGHT), where.run(INNER, inside=True)
    return (outer == inner or (first and outer > inner)) and height <= shown and width <= seen


def test_the_frame_grows_and_shrinks_with_its_content(opened: Tab, sites: Sites) -> None:
    opened.go(sites.page("cross-site"))
    opened.see("#phone")
    title, allow = opened.run("const f = document.querySelector('iframe'); return [f.title, f.allow]")
    assert (
        title == "Личный кабинет" and "otp-credentials" in allow and "publickey-credentials-create" in allow
    )
    first = opened.run(HEIGHT)
    to_code(opened)
    until(lambda: fits(opened), "the frame does not follow the step")
    opened.run("document.querySelector('#step').style.paddingBottom = '1500px'", inside=True)
    until(lambda: fits(opened) and opened.run(HEIGHT) > 1700, "the frame does not grow")
    opened.run("document.querySelector('#step').style.paddingBottom = ''", inside=True)
    until(lambda: fits(opened) and opened.run(HEIGHT) < first + 300, "the frame does not shrink")


def send_receipt(opened: Tab) -> None:
    """Press the button of the account step."""
    opened.run(TO_THE_END)
    opened.press("form:has(#account) .button:not(.photo__send)")


def test_the_page_is_told_of_steps_and_nothing_of_the_person(opened: Tab, sites: Sites) -> None:
    opened.go(put(sites, script_page(sites.cross_site)))
    opened.run(LISTEN)
    opened.see("#phone")
    phone = f"+7916{random.randrange(10**7):07d}"
    to_code(opened, phone)
    opened.fill("#code", sites.site.sms_code(phone))
    opened.see("#account")
    send_receipt(opened)  # empty: refused
    opened.see("#errors")
    opened.press(".choice")
    opened.fill("#account", "7012345678")
    opened.fill("#amount", "4218,67")
    send_receipt(opened)
    opened.press("button[name=answer][value=yes]")
    person = {"last_name": "П", "first_name": "А", "birth_date": "1.2.1960", "email": "anna@example.com"}
    for field, text in person.items():
        opened.fill(f"#{field}", text)
    opened.press("form[action='/register/profile'] .button")
    opened.fill("#password", "Тихий-двор-58")
    opened.press("form[action='/register/password'] .button")
    opened.see("#addresses")
    opened.press("form[action='/logout'] button")
    opened.fill("#phone", phone)
    opened.press("form[action='/'] .button")
    opened.fill("form[action='/login/password'] #password", "Тихий-двор-58")
    opened.press("form[action='/login/password'] .button")
    opened.see("#addresses")
    until(lambda: ["login", None] in opened.run("return heard"), "no login was told")
    heard = [tuple(one) for one in opened.run("return heard")]
    register = ["entry/code", *(f"register/{name}" for name in ("account", "address", "profile", "password"))]
    assert [one for one in heard if one[1] != "entry/phone"] == [
        *(("step", step) for step in register),
        ("step", "home/home"),
        ("registered", None),
        ("step", "login/password"),
        ("step", "home/home"),
        ("login", None),
    ]


def test_a_new_step_is_scrolled_into_view_but_not_the_first_look(opened: Tab, sites: Sites) -> None:
    space = '<p style="height: 3000px">More</p>'
    opened.go(put(sites, space.replace("3000", "300") + script_page(sites.cross_site) + space))
    opened.see("#phone")
    until(lambda: opened.run(HEIGHT) > 100, "no frame")
    assert opened.run("return scrollY") == 0, "the first look scrolls nothing"
    opened.fill("#phone", f"+7916{random.randrange(10**7):07d}")
    opened.press("#consent")
    opened.run("scrollTo(0, document.querySelector('iframe').offsetTop + 250)")
    opened.press("form[action='/'] .button")
    opened.see("#code")
    top = "return Math.round(document.querySelector('[data-cabinet]').getBoundingClientRect().top)"
    until(lambda: 0 <= opened.run(top) < 700, "the step's top is out of sight")


def test_back_goes_one_step_back_inside_the_frame(opened: Tab, sites: Sites) -> None:
    opened.go(put(sites, '<p id="company">Company</p>'))
    address = sites.page("cross-site")
    opened.go(address)
    phone = f"+7916{random.randrange(10**7):07d}"
    to_code(opened, phone)
    assert "Подтвердите номер" in opened.run("return document.title", inside=True)
    opened.fill("#code", sites.site.sms_code(phone))
    opened.see("#account")
    title = opened.run("return document.title", inside=True)
    assert "Подтвердите номер" not in title
    opened.press(".choice")
    opened.fill("#account", "7012345678")
    opened.fill("#amount", "4218,67")
    opened.press("form:has(#account) .button:not(.photo__send)")
    opened.see("button[name=answer]")
    assert opened.run("return document.title", inside=True) != title
    opened.back()
    opened.see("#account")
    until(lambda: opened.run("return document.title", inside=True) == title, "the title stays behind")
    assert opened.run("return location.href") == address


def test_far_below_it_loads_when_it_comes_near(opened: Tab, sites: Sites) -> None:
    opened.go(put(sites, '<p style="height: 6000px">Far</p>' + script_page(sites.cross_site)))
    until(lambda: opened.run("return !!document.querySelector('iframe')"), "no frame")
    assert opened.run("return document.querySelector('iframe').src") == ""
    opened.run("scrollTo(0, 5500)")
    opened.see("#phone")


def test_the_element_and_its_appearance(chromium_tab: Tab, sites: Sites) -> None:
    body = (
        '<client-cabinet data-theme="dark" data-lang="en" data-accent="#AA3300"></client-cabinet>'
        f'<script async src="{sites.cross_site}/embed.js"></script>'
    )
    chromium_tab.go(put(sites, body, "element"))
    chromium_tab.see("#phone")
    look = (
        "const root = document.documentElement, style = getComputedStyle(root);"
        "return [root.lang, root.dataset.theme, style.getPropertyValue('--on-accent'),"
        " style.getPropertyValue('--accent'), getComputedStyle(document.body).backgroundColor]"
    )
    until(lambda: chromium_tab.run(look, inside=True)[0] == "en", "not in English")
    lang, theme, _on, accent, ground = chromium_tab.run(look, inside=True)
    assert (lang, theme) == ("en", "dark") and ground == "rgba(0, 0, 0, 0)"
    assert accent.startswith("#") and accent not in ("#7ea8f8", "#1f5fd6"), "the page's accent, made to read"
    assert chromium_tab.run("return document.querySelector('iframe').title") == "Client account"
    chromium_tab.run(
        "const e = document.querySelector('client-cabinet'); e.remove(); document.body.append(e)"
    )
    chromium_tab.see("#phone")
    assert chromium_tab.run("return document.querySelectorAll('iframe').length") == 1


@pytest.mark.parametrize("width", [280, 320, 360, 390, 800])
def test_nothing_moves_and_nothing_sticks_out(width: int, sites: Sites) -> None:
    if CHROMIUM.missing():
        missing(CHROMIUM.missing())
    with tab(CHROMIUM, width=width) as where:
        line = script_page(sites.cross_site).replace("data-cabinet", "data-cabinet id=cabinet")
        style = f"<style>body {{ margin: 0 }} #cabinet {{ min-height: {ROOM} }}</style>"
        where.go(put(sites, style + line))
        where.see("#phone")
        where.run(SHIFTS)
        where.run(SHIFTS, inside=True)
        until(lambda: fits(where, first=True), "the frame does not fit")
        until_painted(where)
        assert where.run("return window.shifts") == where.run("return window.shifts", inside=True) == 0
        phone = f"+7916{random.randrange(10**7):07d}"
        to_code(where, phone)
        until(lambda: fits(where), "the frame does not fit the next step")
        until_quiet(where)
        where.fill("#code", sites.site.sms_code(phone))
        where.see("#account")
        where.press("form:has(#account) .button:not(.photo__send)")
        where.see("#errors")
        until(lambda: fits(where), "the frame does not fit what is wrong")
        until_quiet(where)
        assert where.run("return window.shifts", inside=True) == 0, "but by what the person did"
