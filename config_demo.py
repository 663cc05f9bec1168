"""What the demonstration takes for settings that are empty."""

from typing import Any

DEMO_SECRET = "demo-only-secret-key-never-for-production"  # noqa: S105
DEMO_PEPPER = "demo-only-pepper-never-for-production"
DEMO_ANCESTORS = ("http://localhost:*", "http://127.0.0.1:*")  # lets a page on your own machine embed it


def demo_value(name: str, values: dict[str, Any]) -> Any:
    """The demonstration's value for an empty setting; other settings stay empty."""
    return {
        "secret_key": DEMO_SECRET,
        "password_pepper": DEMO_PEPPER,
        "public_url": f"http://localhost:{values['port']}",
        "frame_ancestors": DEMO_ANCESTORS,
        "support_phone": "+78005553535",
        "mail_from": "cabinet@example.org",
        "staff_emails": ("staff@example.org",),
    }.get(name, values[name])
