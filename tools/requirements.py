"""Compile `requirements*.in` into `requirements*.txt`: exact versions, with the hashes of all their files.

`make requirements` runs it. Versions that the old files name are kept unless an .in file says otherwise;
UPGRADE=1 moves what only other packages ask for to its newest release.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMES = (
    "requirements",
    "requirements-dev",
    "requirements-tools",
    "requirements-scan",
)
ALONE = {"requirements-scan"}  # semgrep asks for older releases than ours: in an environment of its own
OLDEST_PYTHON = "3.11"
HEADER = """\
# Compiled from {name}.in by `make requirements`; edit that file instead.
# {digest}

"""


def main() -> None:
    """Compile all of them; exits with the compiler's code if there is no solution."""
    for name in NAMES:
        compile_one(name, upgrade=os.environ.get("UPGRADE") == "1")


def compile_one(name: str, upgrade: bool) -> None:
    """Write NAME.txt for every platform and every Python that Cabinet runs on."""
    target = ROOT / f"{name}.txt"
    command = [str(Path(sys.executable).with_name("uv")), "pip", "compile", f"{name}.in"]
    command += ["--universal", "--python-version", OLDEST_PYTHON, "--generate-hashes"]
    command += ["--no-header", "--annotation-style", "line", "--quiet", "--output-file", target.name]
    for compiled in () if name in ALONE else NAMES[: NAMES.index(name)]:
        command += ["--constraints", f"{compiled}.txt"]  # tests run on the versions of production
    if upgrade:
        command += ["--upgrade"]
    if code := subprocess.run(command, cwd=ROOT).returncode:
        sys.exit(code)
    target.write_text(HEADER.format(name=name, digest=digest(name)) + target.read_text())
    print(target.name)


def digest(name: str) -> str:
    """The line of the header by which a compiled file knows its sources."""
    return "sha256 of the sources: " + hashlib.sha256("".join(_sources(name)).encode()).hexdigest()


def stale(name: str) -> bool:
    """Whether NAME.in has changed since NAME.txt was compiled. Asks no index."""
    return f"# {digest(name)}\n" not in (ROOT / f"{name}.txt").read_text()


def _sources(name: str) -> list[str]:
    """The .in file, and those it includes."""
    text = (ROOT / f"{name}.in").read_text()
    included = [line.split()[1] for line in text.splitlines() if line.startswith("-r ")]
    return [text, *(part for file in included for part in _sources(file.removesuffix(".in")))]


if __name__ == "__main__":
    main()
