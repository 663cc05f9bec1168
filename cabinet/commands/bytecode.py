"""Compiles the modules beforehand, for processes that may not write beside them.

A process that reads a billing file or a photo lives for a moment, and an installation is read-only to it:
each would compile two hundred modules anew, which takes longer than many files.
"""

import compileall
from pathlib import Path

from config import ROOT


def compile_modules(root: Path = ROOT) -> bool:
    """Compile what has changed of an installation; False if a module could not be, which costs time only."""
    done = [compileall.compile_dir(root / name, quiet=2) for name in ("cabinet", "migrations")]
    return all([compileall.compile_dir(root, maxlevels=0, quiet=2), *done])
