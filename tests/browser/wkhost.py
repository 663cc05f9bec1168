#!/usr/bin/python3
"""A bare WebKitGTK window for WebKitWebDriver, which starts it as its "browser": no toolbar, any width.

It needs Debian's own Python, for `gi` is in no virtual environment (python3-gi, gir1.2-webkit2-4.1).
    --data=FOLDER   where the profile is kept
    --itp           Intelligent Tracking Prevention, as in Safari
    --no-js         JavaScript off
    --log           messages of the console go to stdout
"""

import sys
from typing import Any

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("WebKit2", "4.1")
from gi.repository import GObject, Gtk, WebKit2  # noqa: E402

options = dict(a[2:].partition("=")[::2] for a in sys.argv[1:] if a.startswith("--"))
folder = options["data"]
manager = WebKit2.WebsiteDataManager(base_data_directory=folder, base_cache_directory=f"{folder}/cache")
context = WebKit2.WebContext.new_with_website_data_manager(manager)
cookies = f"{folder}/cookies.sqlite"
manager.get_cookie_manager().set_persistent_storage(cookies, WebKit2.CookiePersistentStorage.SQLITE)
manager.set_itp_enabled("itp" in options)
manager.set_tls_errors_policy(WebKit2.TLSErrorsPolicy.IGNORE)  # the tests make their own certificate
views = 0


def view(opener: Any = None) -> Any:
    """A window with a page in it; one that a page opens belongs to the same profile and automation."""
    global views
    if opener:
        page = GObject.new(WebKit2.WebView, related_view=opener)
    else:
        page = GObject.new(WebKit2.WebView, web_context=context, is_controlled_by_automation=True)
    settings = page.get_settings()
    settings.set_enable_write_console_messages_to_stdout("log" in options)
    settings.set_enable_javascript("no-js" not in options)
    settings.set_javascript_can_open_windows_automatically(True)
    window = Gtk.Window()
    window.set_decorated(False)
    window.set_default_size(1024, 768)
    window.add(page)
    views += 1
    page.connect("close", lambda _page: window.destroy())
    page.connect("create", lambda page, _action: view(page))
    page.connect("ready-to-show", lambda _page: window.show_all())
    window.connect("destroy", gone)
    if not opener:
        window.show_all()
        page.grab_focus()
    return page


def gone(_window: Any) -> None:
    """The last window closed ends the program."""
    global views
    views -= 1
    if not views:
        Gtk.main_quit()


def automated(_context: Any, session: Any) -> None:
    """WebKitWebDriver began a session."""
    info = WebKit2.ApplicationInfo()
    info.set_name("wkhost")
    session.set_application_info(info)
    session.connect("create-web-view", lambda _session: view())


context.set_automation_allowed(True)
context.connect("automation-started", automated)
Gtk.main()
