"""`python -m cabinet.worker`: what `flask --app wsgi worker` becomes, which needs nothing of the web."""

import gc

from cabinet import __version__
from cabinet.models import base
from cabinet.telemetry import crashes, logs
from cabinet.worker.loop import Worker
from config import Settings


def main() -> None:
    """Work until asked to stop; the settings were checked by the command that this process was."""
    settings = Settings.at_start()
    logs.configure(settings.log_level, settings.log_format)
    crashes.configure(settings.sentry_dsn, __version__)
    base.configure(settings)
    gc.collect()
    gc.freeze()
    Worker(settings).run()


if __name__ == "__main__":
    main()
