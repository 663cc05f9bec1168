"""Memory and processor time of processes, as Linux tells them."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def family(process: int) -> list[int]:
    """A process and all that came of it."""
    found = [process]
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += family(int(child))
    return found


def cpu_seconds(process: int) -> float:
    """What it has used so far, for itself and the system."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def pss_mib(process: int) -> float:
    """Its memory, what it shares divided among those who share it."""
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024


def without_rich(folder: Path) -> Path:
    """A folder to import from first: structlog loads `rich`, a tool of developers, where it is installed."""
    absent = folder / "absent"
    absent.mkdir(exist_ok=True)
    (absent / "rich.py").write_text("raise ImportError\n")
    return absent
