"""Names browsers as residents know them."""

from collections.abc import Callable

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str, gettext: Callable[[str], str]) -> str:
    """«Chrome, Android»; `gettext` translates what is not a brand name."""
    if "YaBrowser" in user_agent:
        browser = gettext("Яндекс Браузер")
    else:
        browser = next((name for mark, name in BROWSERS if mark in user_agent), gettext("Браузер"))
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return f"{browser}, {system}" if system else browser
