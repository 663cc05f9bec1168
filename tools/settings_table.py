"""Print the table of settings for the README, from `config.py`: python tools/settings_table.py"""

import sys
from dataclasses import MISSING, fields
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from cabinet.delivery import gateways
from cabinet.delivery.gateway import KNOWN
from config import Settings
from config_terms import Terms


def table() -> str:
    """The table in Markdown."""
    lines = ["| setting | default | meaning |", "|---|---|---|"]
    terms = {f.name for f in fields(Terms)}
    for f in sorted(fields(Settings), key=lambda f: f.name in terms):
        if f.name == "testing":
            continue
        if f.name == "gateway_settings":
            lines += _of_gateways()
            continue
        default = f.default if f.default_factory is MISSING else f.default_factory()
        if isinstance(default, tuple):
            default = " ".join(map(str, default))
        if isinstance(default, bool):
            default = int(default)
        shown = f"`{default}`" if default != "" else ""
        lines.append(f"| `{f.name.upper()}` | {shown} | {f.metadata['meaning'].replace('|', '/')} |")
    return "\n".join(lines) + "\n"


def _of_gateways() -> list[str]:
    """The settings that gateways declare, each gateway's together."""
    lines = []
    for name in (*gateways.names(), "max"):
        for option, about in KNOWN[name].OPTIONS.items():
            shown = f"`{about.default}`" if about.default else ""
            lines.append(f"| `{name.upper()}_{option.upper()}` | {shown} | {about.meaning} |")
    return lines


if __name__ == "__main__":
    print(table(), end="")
