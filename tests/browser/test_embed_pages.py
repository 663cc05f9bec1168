"""Pages as companies have them: routers that swap the body, apps that render, site builders, tabs, modals."""

import pytest

from tests.browser.engines import Tab
from tests.browser.framed import HEIGHT, put, to_code
from tests.browser.secure import Sites
from tests.waiting import until

COUNT = "return document.querySelectorAll('iframe').length"
EVENTS = ("ready", "error", "step", "registered", "login", "logout", "request")
LISTEN = (
    "<script>window.heard = []; window.errors = [];"
    f" for (const name of {list(EVENTS)}) addEventListener(`cabinet:${{name}}`, event =>"
    " heard.push([name, event.detail ? Object.values(event.detail)[0] : null]));"
    " addEventListener('error', event => errors.push(event.message))</script>"
)
# what a router does: body replaced, scripts made anew so that they run, a copy of the old body kept
ROUTER = """<script>
const cache = new Map();
const visit = (name, html) => {
  cache.set(window.here ?? "first", document.body.cloneNode(true));
  const body = cache.get(name) ?? new DOMParser().parseFromString(html, "text/html").body;
  for (const script of body.querySelectorAll("script[src]")) {
    const again = document.createElement("script");
    again.src = script.src;
    script.replaceWith(again);
  }
  document.documentElement.replaceChild(document.adoptNode(body), document.body);
  window.here = name;
};
</script>"""
# what React does in its strict mode: mounts, unmounts, mounts again; then renders on every state
APP = """<div id="app"></div><script>
const effect = () => {
  const element = document.querySelector("#app .cabinet");
  let gone = false;
  customElements.whenDefined("client-cabinet").then(() => gone || cabinet.mount(element));
  return () => { gone = true; window.cabinet?.unmount?.(element); };
};
window.state = 0;
let clean;
const render = () => {
  document.querySelector("#app").firstElementChild?.setAttribute("data-state", ++state);
};
const mountApp = () => {
  const tree = document.createElement("main");
  tree.innerHTML = '<p>News</p><div class="cabinet"></div>';
  document.querySelector("#app").replaceChildren(tree);
  effect()();
  clean = effect();
};
const unmountApp = () => { clean(); document.querySelector("#app").replaceChildren(); };
mountApp();
</script>"""
TILDA = (
    '<div class="t396" style="position: relative; height: 900px; overflow: hidden">'
    '<div class="t396__elem" style="position: absolute; top: 40px; left: 50%; width: 560px;'
    ' transform: translateX(-50%)">{line}</div></div>'
)


def script(sites: Sites) -> str:
    """The script of the snippet."""
    return f'<script async src="{sites.cross_site}/embed.js"></script>'


def stays_as_it_is(where: Tab) -> None:
    """One cabinet, of a height that shows its form; nothing failed in the page."""
    where.see("#phone")
    until(lambda: 300 < where.run(HEIGHT) < 1200, "the frame's height is not that of its step")
    assert where.run(COUNT) == 1
    assert where.run("return window.errors ?? []") == []


def test_a_router_that_swaps_the_body(opened: Tab, sites: Sites) -> None:
    page = f"<h1>Account</h1><div data-cabinet><a href='/'>Link</a></div>{script(sites)}"
    opened.go(put(sites, LISTEN + ROUTER + page))
    stays_as_it_is(opened)
    opened.run("visit('news', '<h1>News</h1>')")
    until(lambda: opened.run(COUNT) == 0, "the frame stays")
    opened.run(f"visit('account', `{page.replace('</script>', '<' + chr(92) + '/script>')}`)")
    stays_as_it_is(opened)
    opened.run("visit('news', '')")
    opened.run("visit('first', '')")  # from the cache: a copy of the frame came with it
    stays_as_it_is(opened)
    assert opened.run("return heard.filter(([name]) => name === 'ready').length") == 3
    to_code(opened)
    until(lambda: ["step", "entry/code"] in opened.run("return heard"), "nothing is told any more")


def test_an_app_that_mounts_twice_renders_and_unmounts(opened: Tab, sites: Sites) -> None:
    opened.go(put(sites, LISTEN + APP + script(sites)))
    stays_as_it_is(opened)
    opened.fill("#phone", "+7916")
    opened.run("for (let i = 0; i < 50; i++) render()")
    assert opened.run("return document.querySelector('#phone').value", inside=True).endswith("916")
    opened.run("unmountApp()")
    until(lambda: opened.run(COUNT) == 0, "the frame stays")
    opened.run("mountApp()")
    stays_as_it_is(opened)


def test_an_app_whose_render_empties_the_element(chromium_tab: Tab, sites: Sites) -> None:
    chromium_tab.go(put(sites, LISTEN + "<div data-cabinet><b>Wait</b></div>" + script(sites)))
    stays_as_it_is(chromium_tab)
    chromium_tab.run("document.querySelector('[data-cabinet]').innerHTML = '<b>Wait</b>'")
    until(lambda: chromium_tab.run(COUNT) == 1, "the frame does not come back")
    stays_as_it_is(chromium_tab)
    chromium_tab.run("cabinet.unmount(document.querySelector('[data-cabinet]'))")
    assert chromium_tab.run("return document.querySelector('[data-cabinet]').innerHTML") == "<b>Wait</b>"
    chromium_tab.run("document.body.append('more')")
    assert chromium_tab.run(COUNT) == 0, "it was unmounted by name"
    chromium_tab.run("cabinet.mount(document.querySelector('[data-cabinet]'))")
    stays_as_it_is(chromium_tab)


def test_who_replaces_the_frame_each_time_is_left_alone(chromium_tab: Tab, sites: Sites) -> None:
    """A consent manager puts its own notice where it finds a frame."""
    manager = (
        "<script>window.replaced = 0; new MutationObserver(() => {"
        " const frame = document.querySelector('iframe');"
        " if (frame) { replaced += 1; frame.replaceWith('Allow frames') } })"
        ".observe(document, {childList: true, subtree: true})</script>"
    )
    chromium_tab.go(put(sites, manager + "<div data-cabinet></div>" + script(sites)))
    until(lambda: chromium_tab.run("return replaced") >= 5, "nothing was replaced")
    assert "Allow frames" in chromium_tab.run("return document.body.innerText")
    assert chromium_tab.run("return replaced") < 10


def test_a_wrapper_around_the_frame_is_no_reason_to_load_it_anew(chromium_tab: Tab, sites: Sites) -> None:
    chromium_tab.go(put(sites, LISTEN + "<div data-cabinet></div>" + script(sites)))
    stays_as_it_is(chromium_tab)
    chromium_tab.run(
        "const frame = document.querySelector('iframe'), box = document.createElement('div');"
        " frame.before(box); box.append(frame)"
    )
    stays_as_it_is(chromium_tab)


def test_a_block_of_a_site_builder(opened: Tab, sites: Sites) -> None:
    line = f"<div data-cabinet></div>{script(sites)}"
    opened.go(put(sites, LISTEN + TILDA.format(line=line)))
    stays_as_it_is(opened)
    assert opened.run("return document.querySelector('iframe').offsetWidth") == 560


def test_the_element_comes_late_and_moves(opened: Tab, sites: Sites) -> None:
    opened.go(put(sites, LISTEN + "<main></main><aside></aside>" + script(sites)))
    until(lambda: opened.run("return !!window.cabinet?.mount"), "no script")
    opened.run("document.querySelector('main').innerHTML = '<div data-cabinet id=\"here\"></div>'")
    stays_as_it_is(opened)
    opened.run("document.querySelector('aside').append(document.querySelector('#here'))")
    stays_as_it_is(opened)
    opened.run("document.querySelector('#here').removeAttribute('data-cabinet')")
    until(lambda: opened.run(COUNT) == 0, "the frame stays")
    opened.run("document.querySelector('#here').setAttribute('data-cabinet', '')")
    stays_as_it_is(opened)


@pytest.mark.parametrize(
    ("closed", "open_it"),
    [
        ('<div id="box" style="display: none">{line}</div>', "box.style.display = 'block'"),
        ('<details id="box"><summary>More</summary>{line}</details>', "box.open = true"),
        ('<dialog id="box" style="width: 600px">{line}</dialog>', "box.showModal()"),
        ('<div id="box" style="height: 0; overflow: hidden">{line}</div>', "box.style.height = 'auto'"),
    ],
    ids=["tab", "accordion", "modal", "folded"],
)
def test_hidden_at_first_it_fits_when_it_is_shown(
    opened: Tab, sites: Sites, closed: str, open_it: str
) -> None:
    line = f"<div data-cabinet></div>{script(sites)}"
    opened.go(put(sites, LISTEN + closed.format(line=line)))
    until(lambda: opened.run(COUNT) == 1, "no frame")
    opened.run(f"const box = document.querySelector('#box'); {open_it}")
    stays_as_it_is(opened)
    opened.run("const box = document.querySelector('#box').parentElement; box.style.display = 'none'")
    opened.run("document.querySelector('#box').parentElement.style.display = ''")
    stays_as_it_is(opened)
    to_code(opened)
    until(lambda: 120 < opened.run(HEIGHT) < 1000, "it keeps the room of the first step")


def test_a_frame_that_speaks_late_gets_its_height_back(chromium_tab: Tab, sites: Sites) -> None:
    """Six seconds in silence, behind a slow network or in a closed tab: the link comes, and goes again."""
    hurry = (
        "<script>const later = setTimeout; window.setTimeout = (act, ms) => later(act, ms === 6000 ? 1 : ms)"
        "</script>"
    )
    chromium_tab.go(put(sites, LISTEN + hurry + "<div data-cabinet></div>" + script(sites)))
    until(lambda: chromium_tab.run("return heard.some(([name]) => name === 'ready')"), "it says nothing")
    stays_as_it_is(chromium_tab)
    assert chromium_tab.run("return document.querySelectorAll('[data-cabinet] a').length") == 0
    assert ["error", "silent"] in chromium_tab.run("return heard")
