"""Print the table of settings for the README, from `config.py`: python tools/settings_table.py"""

import sys
from dataclasses import MISSING, fields
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from config import Settings


def table() -> str:
    """The table in Markdown."""
    lines = ["| setting | default | meaning |", "|---|---|---|"]
    for f in fields(Settings):
        if f.name == "testing":
            continue
        default = f.default if f.default_factory is MISSING else f.default_factory()
        if isinstance(default, tuple):
            default = " ".join(map(str, default))
        if isinstance(default, bool):
            default = int(default)
        shown = f"`{default}`" if default != "" else ""
        lines.append(f"| `{f.name.upper()}` | {shown} | {f.metadata['meaning'].replace('|', '/')} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(table(), end="")
