"""Where billing files lie until they are imported."""

from pathlib import Path

from cabinet.models.base import settings
from config import ROOT


def folder() -> Path:
    """The folder of IMPORTS_FOLDER, made when missing: one disk for web server and worker."""
    path = ROOT / settings().imports_folder
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path
