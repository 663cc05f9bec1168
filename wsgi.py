"""The WSGI entry: `wsgi:app`. Refuses to start, saying what is missing, rather than run half-configured."""

import sys

from cabinet import create_app
from config import Settings
from config_check import problems

settings = Settings.from_env()
if found := problems(settings):
    print("Cabinet cannot start:", *(f"  - {problem}" for problem in found), sep="\n", file=sys.stderr)
    sys.exit(1)
app = create_app(settings)
