"""What the page around the cabinet says by its attributes and is told by events, while it is shown."""

import random
import shutil

from cabinet.web import assets
from tests.browser.engines import Tab
from tests.browser.framed import put, to_code
from tests.browser.people import PASSWORD, resident_of
from tests.browser.secure import Sites
from tests.browser.test_embed_pages import LISTEN, script, stays_as_it_is
from tests.waiting import until


def test_attributes_act_at_once_and_nothing_typed_is_lost(opened: Tab, sites: Sites) -> None:
    opened.go(put(sites, LISTEN + "<div data-cabinet></div>" + script(sites)))
    stays_as_it_is(opened)
    number = f"+7916{random.randrange(10**7):07d}"
    opened.fill("#phone", number)
    opened.press("#consent")
    look = (
        "const root = document.documentElement, style = getComputedStyle(root);"
        " return [root.lang, root.dataset.theme, style.getPropertyValue('--accent').trim()]"
    )
    lang, theme, accent = opened.run(look, inside=True)
    assert (lang, theme) == ("ru", "light")
    host = "const host = document.querySelector('[data-cabinet]'); "
    opened.run(
        host + "host.dataset.theme = 'dark'; host.dataset.lang = 'en'; host.dataset.accent = '#aa3300'"
    )
    until(lambda: opened.run(look, inside=True)[:2] == ["en", "dark"], "it looks as before")
    until(lambda: opened.run(look, inside=True)[2] not in (accent, ""), "the accent is as before")
    typed = "return [document.querySelector('#phone').value, document.querySelector('#consent').checked]"
    kept, consent = opened.run(typed, inside=True)
    assert "".join(c for c in kept if c.isdigit())[-10:] == number[-10:] and consent
    opened.press("form[action='/'] .button")
    opened.see("#code")
    assert opened.run(look, inside=True)[:2] == ["en", "dark"]
    opened.run(host + "delete host.dataset.theme; delete host.dataset.accent; host.dataset.lang = 'ru'")
    until(lambda: opened.run(look, inside=True) == ["ru", "light", accent], "it keeps what was taken back")
    opened.see("#code")


def test_a_look_from_anybody_but_the_page_changes_nothing(chromium_tab: Tab, sites: Sites) -> None:
    look = "{cabinet: 1, type: 'look', look: '?theme=dark&lang=en'}"
    liar = put(
        sites,
        "<script>setInterval(() => { for (let i = 0; i < parent.length; i++)"
        f" parent[i].postMessage({look}, '*') }}, 20)</script>",
    )
    stranger = liar.replace(sites.company, sites.stranger)
    chromium_tab.go(put(sites, f"<div data-cabinet></div>{script(sites)}<iframe src='{stranger}'></iframe>"))
    chromium_tab.see("#phone")
    chromium_tab.run("window.told = 0; addEventListener('message', () => { told += 1 })", inside=True)
    until(lambda: chromium_tab.run("return told", inside=True) > 10, "the liar is silent")
    nonsense = "'?theme=red&lang=../x&accent=%22%3E', '', 5, null, '?theme=light&theme=light'"
    chromium_tab.run(
        f"for (const look of [{nonsense}]) document.querySelector('iframe').contentWindow"
        ".postMessage({cabinet: 1, type: 'look', look}, '*')"
    )
    to_code(chromium_tab)
    root = "return [document.documentElement.lang, document.documentElement.dataset.theme]"
    assert chromium_tab.run(root, inside=True) == ["ru", "light"]


def test_it_begins_with_a_request_and_tells_of_it(chromium_tab: Tab, sites: Sites) -> None:
    chromium_tab.go(put(sites, LISTEN + "<div data-cabinet data-start='request'></div>" + script(sites)))
    phone = f"+7916{random.randrange(10**7):07d}"
    chromium_tab.fill("#phone", phone)
    chromium_tab.press("#consent")
    chromium_tab.press("form[action^='/?start'] .button")
    chromium_tab.fill("#code", sites.site.sms_code(phone))
    chromium_tab.see("#last_name")
    person = {"last_name": "П", "first_name": "А", "email": "anna@example.com"}
    place = {"city": "Клин", "street": "Лесная", "house": "5"}
    for field, text in {**person, **place}.items():
        chromium_tab.fill(f"#{field}", text)
    chromium_tab.press("form[action='/requests/new'] .button")
    until(lambda: ["request", None] in chromium_tab.run("return heard"), "no request was told")
    said = " ".join(str(one) for pair in chromium_tab.run("return heard") for one in pair)
    assert "anna" not in said and phone[2:] not in said


def test_the_page_is_told_of_a_logout(chromium_tab: Tab, sites: Sites) -> None:
    chromium_tab.go(put(sites, LISTEN + "<div data-cabinet data-start='login'></div>" + script(sites)))
    chromium_tab.fill("#phone", resident_of(sites.site).phone)
    chromium_tab.press("form[action^='/?start'] .button")
    chromium_tab.fill("form[action='/login/password'] #password", PASSWORD)
    chromium_tab.press("form[action='/login/password'] .button")
    chromium_tab.see("#addresses")
    assert ["logout", None] not in chromium_tab.run("return heard")
    chromium_tab.press("form[action='/logout'] button")
    until(lambda: ["logout", None] in chromium_tab.run("return heard"), "no logout was told")
    assert ["login", None] in chromium_tab.run("return heard")


def test_a_script_of_the_sites_own_is_told_where_the_cabinet_is(chromium_tab: Tab, sites: Sites) -> None:
    """Bundled with an app: nothing but the attribute says whose script it is."""
    shutil.copy(assets.SOURCE / "embed.js", sites.pages / "app.js")
    page = "<div data-cabinet='true'></div><script type='module' src='app.js'></script>"
    chromium_tab.go(put(sites, LISTEN + page))
    until(lambda: ["error", "address"] in chromium_tab.run("return heard"), "no error was told")
    chromium_tab.run(f"document.querySelector('[data-cabinet]').dataset.cabinet = '{sites.cross_site}'")
    stays_as_it_is(chromium_tab)
