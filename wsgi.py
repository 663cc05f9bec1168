"""The WSGI entry: `wsgi:app`. Refuses to start, saying what is missing, rather than run half-configured."""

from cabinet import create_app
from config import Settings
from config_check import problems
from config_values import refuse

settings = Settings.at_start()
if found := problems(settings):
    refuse(found)
app = create_app(settings)
