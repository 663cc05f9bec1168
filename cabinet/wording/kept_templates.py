"""The templates as they stood when the process began.

An upgrade puts others in their place while it goes on, and pages that nobody had asked for before would be of
the next version, with words, files and addresses that this one does not know.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from jinja2 import BaseLoader, Environment, TemplateNotFound

FOLDER = Path(__file__).parent.parent / "templates"


class KeptTemplates(BaseLoader):
    """Those of a folder, all read at once: that takes some milliseconds, and half a megabyte."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        files = (path for path in folder.rglob("*") if path.is_file())
        self.sources = {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in files}

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """A template; as it stands now where it is being worked on. Raises TemplateNotFound."""
        path = self.folder / template
        if template not in self.sources:
            raise TemplateNotFound(template)
        source = path.read_text("utf-8") if environment.auto_reload else self.sources[template]
        return source, str(path), lambda: not environment.auto_reload


@cache
def kept_templates() -> KeptTemplates:
    """Those of the cabinet, for pages and letters alike."""
    return KeptTemplates(FOLDER)
