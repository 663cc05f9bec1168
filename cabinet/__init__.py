"""Cabinet: residents of a housing company register and log in by phone."""

TYPE_CHECKING = False  # as mypy takes it; the supervisor of web servers does without `typing`
if TYPE_CHECKING:
    from flask import Flask

    from config import Settings

__version__ = "1.0.0"


def create_app(settings: "Settings | None" = None) -> "Flask":
    """The application, by default with the settings of the environment.

    Raises ValueError listing what is wrong with the settings.
    """
    from cabinet import application  # here, so that using one part of Cabinet loads no other
    from cabinet.telemetry import crashes
    from config import Settings

    settings = settings or Settings.from_env()
    app = application.build(settings)
    crashes.configure(settings.sentry_dsn, __version__)
    app.config["VERSION"] = __version__
    return app
