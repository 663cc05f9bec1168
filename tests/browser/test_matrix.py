"""Every journey in every engine, policy of cookies and relation of sites, in the frame on a company page.

With scripts everything is done inside the frame, also after the page around it is loaded anew. Without them
a browser that gives the frame no cookie is offered a new tab in plain words, and everything is done there;
docs/embedding.md lists these cells.
"""

import random
import urllib.request
from collections.abc import Iterator

import pytest

from config import ROOT
from tests.browser.engines import Engine, Tab, tab
from tests.browser.playwright_tab import PlaywrightTab
from tests.browser.secure import Sites
from tests.missing import missing

ENGINES = [
    *(Engine("chromium", cookies) for cookies in ("default", "third-party-blocked", "all-blocked")),
    *(Engine("firefox", cookies) for cookies in ("default", "third-party-blocked")),
    *(Engine("webkit", cookies) for cookies in ("default", "itp")),
]
# without scripts, the frame of these gets no cookie: engine, policy, relation
NEW_TAB = {
    ("chromium", "all-blocked", "same-site"),
    ("chromium", "all-blocked", "cross-site"),
    ("firefox", "third-party-blocked", "cross-site"),
    ("webkit", "default", "same-site"),
    ("webkit", "default", "cross-site"),
    ("webkit", "itp", "cross-site"),
}
SECOND = ("3300918264", "960")  # the first is photographed
PASSWORD, NEW_PASSWORD = "Тихий-двор-58", "Новый-подъезд-63"
HOME, PHONE = "form[action='/logout'] button", "form[action='/'] #phone"


def cells() -> Iterator[object]:
    """The matrix."""
    for engine in ENGINES:
        for relation in ("same-site", "cross-site"):
            for javascript in (True, False):
                name = f"{engine.name}-{engine.cookies}-{relation}-{'htmx' if javascript else 'plain'}"
                yield pytest.param(engine, relation, javascript, id=name)


class Resident:
    """Somebody with a phone in a tab, who knows what to press."""

    def __init__(self, tab: Tab, sites: Sites, javascript: bool) -> None:
        self.tab, self.sites, self.javascript = tab, sites, javascript
        self.phone, self.last_code = f"+7916{random.randrange(10**7):07d}", ""

    def give_phone(self, consent: bool = False) -> None:
        """The first screen."""
        self.tab.fill(PHONE, self.phone)
        if consent:
            self.tab.press("#consent")
        self.tab.press("form[action='/'] .button")

    def give_code(self, then: str) -> None:
        """Type the code of the SMS; with scripts it sends itself."""
        self.tab.see("#code")
        self.last_code = self.sites.site.sms_code(self.phone, not_this=self.last_code)
        self.tab.fill("#code", self.last_code)
        if not self.javascript:
            self.tab.press("form[action='/code'] .button")
        self.tab.see(then)

    def give_receipt(self, account: str, amount: str) -> None:
        """Period, account, amount."""
        self.tab.press(".choice")
        self.tab.fill("#account", account)
        self.tab.fill("#amount", amount)
        self.tab.press("form:has(#account) .button:not(.photo__send)")

    def give_photo(self) -> None:
        """The receipt's code fills the three fields, which are sent by one press more."""
        picture = self.sites.pages / "receipt.png"
        urllib.request.urlretrieve(f"{self.sites.site.url}/demo/receipts/0/png", picture)
        self.tab.see("#account")
        self.tab.attach("#photo", picture)
        if not self.javascript:  # Firefox, which only lacks our scripts here, goes on hiding the button
            self.tab.run("document.querySelector('.photo__send').click()", inside=True)
        self.tab.see(".taken")
        self.tab.run("document.querySelector('iframe')?.scrollIntoView(false)")  # WebKit's driver does not
        self.tab.press("form:has(#account) .button:not(.photo__send)")

    def register(self, reload: bool = False) -> None:
        """The whole registration; `reload` loads the embedding page anew in its midst."""
        self.give_phone(consent=True)
        self.give_code(then="#account")
        if reload:
            self.tab.reload()
        self.give_photo()
        self.tab.press("button[name=answer][value=yes]")
        for field, text in (
            ("last_name", "Петрова"),
            ("first_name", "Анна"),
            ("birth_date", "1.2.1960"),
            ("email", "anna@example.com"),
        ):
            self.tab.fill(f"#{field}", text)
        self.tab.press("form[action='/register/profile'] .button")
        self.tab.fill("form[action='/register/password'] #password", PASSWORD)
        self.tab.press("form[action='/register/password'] .button")
        self.tab.see(HOME)

    def link(self) -> None:
        """«+»: a second address."""
        self.tab.press("a.add")
        self.tab.see("form[action='/home/accounts/new']")
        self.give_receipt(*SECOND)
        self.tab.see("#addresses li:nth-child(3)")
        assert "Ручеёк" in self.tab.words("#addresses")

    def log_out(self) -> None:
        """«Выйти»."""
        self.tab.press(HOME)
        self.tab.see(PHONE)

    def log_in(self, password: str) -> None:
        """Phone and password."""
        self.give_phone()
        self.give_password(password)

    def give_password(self, password: str) -> None:
        """The password of a known phone."""
        self.tab.fill("form[action='/login/password'] #password", password)
        self.tab.press("form[action='/login/password'] .button")
        self.tab.see(HOME)

    def recover(self) -> None:
        """«Я забыл пароль»."""
        self.give_phone()
        self.tab.press("form[action='/login/forgot'] button")
        self.give_code(then="form[action='/login/new-password']")
        self.tab.fill("form[action='/login/new-password'] #password", NEW_PASSWORD)
        self.tab.press("form[action='/login/new-password'] .button")
        self.give_password(NEW_PASSWORD)


@pytest.mark.parametrize(("engine", "relation", "javascript"), list(cells()))
def test_every_journey(engine: Engine, relation: str, javascript: bool, sites: Sites) -> None:
    if engine.missing():
        missing(engine.missing())
    cell = (engine.name, engine.cookies, relation)
    with tab(engine, javascript) as opened:
        opened.go(sites.page(relation, script=javascript))
        resident = Resident(opened, sites, javascript)
        keeps = engine.cookies != "all-blocked"  # nothing outlives a page there, but all goes on inside it
        if not javascript and cell in NEW_TAB:
            resident.give_phone(consent=True)
            opened.see("a.button[target=_blank]")
            assert "Откройте его в новой вкладке" in opened.words()
            resident.tab = opened.press_for_tab("a.button[target=_blank]")
            if not keeps:
                resident.give_phone(consent=True)
                resident.tab.see("#title")
                assert "Разрешите сайту cookie" in resident.tab.words()
                return
        resident.register(reload=keeps)
        if javascript:
            resident.tab.reload()
            resident.tab.see(HOME if keeps else PHONE)
            if not keeps:
                resident.log_in(PASSWORD)
        resident.link()
        if javascript and not keeps:
            resident.tab = opened.press_for_tab("#new-tab a")
            resident.tab.see(HOME)
            opened.see(PHONE)
            resident.log_out()
            resident.tab = opened
        else:
            assert not resident.tab.sees("#new-tab")
            resident.log_out()
        resident.tab.reload()
        resident.log_in(PASSWORD)
        resident.log_out()
        resident.recover()
        resident.log_out()


NO_STORAGE = """
    if (window.parent !== window) for (const name of ["sessionStorage", "localStorage"])
        Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError"); } });
"""

OLD_TOKEN = """
    if (window.parent !== window) {
        const kept = new Map([["cabinet-session", "signed.with-another-key"]]);
        Object.defineProperty(window, "sessionStorage", { value: {
            getItem: name => kept.get(name) ?? null,
            setItem: (name, value) => kept.set(name, value),
            removeItem: name => kept.delete(name),
        } });
    }
"""


def test_a_kept_token_that_the_server_does_not_know_is_replaced(sites: Sites) -> None:
    engine = Engine("chromium", "all-blocked")
    if engine.missing():
        missing(engine.missing())
    with tab(engine) as opened:
        assert isinstance(opened, PlaywrightTab)
        opened.page.context.add_init_script(OLD_TOKEN)
        opened.go(sites.page("cross-site"))
        resident = Resident(opened, sites, javascript=True)
        resident.give_phone(consent=True)
        resident.give_code(then="#account")


def test_what_the_frame_cannot_keep_goes_on_in_a_new_tab(sites: Sites) -> None:
    engine = Engine("firefox", "third-party-blocked")
    if engine.missing():
        missing(engine.missing())
    with tab(engine) as opened:
        assert isinstance(opened, PlaywrightTab)
        opened.page.context.add_init_script(NO_STORAGE)
        opened.go(sites.page("cross-site"))
        resident = Resident(opened, sites, javascript=True)
        resident.give_phone(consent=True)
        resident.give_code(then="#account")
        assert "Если обновить эту страницу, придётся начать сначала" in opened.words("#new-tab")
        resident.tab = opened.press_for_tab("#new-tab a")
        resident.tab.see("#account")
        assert isinstance(resident.tab, PlaywrightTab)
        assert resident.tab.page.url == f"{sites.cross_site}/register/account", "no code is in an address"
        assert not resident.tab.sees("#new-tab")
        opened.see(PHONE)
        resident.tab.reload()
        resident.tab.see("#account")


def test_the_documentation_lists_the_cells_that_need_a_new_tab() -> None:
    text = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
    listed = {
        tuple(cell.strip() for cell in line.strip("| ").split("|"))[:3]
        for line in text.splitlines()
        if line.count("|") > 3 and "new tab" in line
    }
    assert listed == NEW_TAB
