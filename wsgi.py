"""The WSGI entry: `wsgi:app`. Refuses to start, saying what is missing, rather than run half-configured."""

import sys

from cabinet import create_app
from config import Settings

settings = Settings.from_env()
problems = settings.problems()
if problems:
    print("Cabinet cannot start:", *(f"  - {problem}" for problem in problems), sep="\n", file=sys.stderr)
    sys.exit(1)
app = create_app(settings)
