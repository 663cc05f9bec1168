"""What a server loads when it starts: each library is memory and a slower start for everybody.

Whoever makes a web process need one more at once has to say so here; what only some requests need is
imported where they do.
"""

import os
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = {
    "PATH": os.environ["PATH"],
    "SECRET_KEY": "q7Zt2mW9xK4vB1nR8sL5dH3gF6jP0yTc",
    "PASSWORD_PEPPER": "w8Xu3nV0yL5cC2oS9tM6eJ4hG7kQ1zUd",
    "PUBLIC_URL": "https://lk.example.ru",
    "SMS_BACKEND": "twilio",
    "TWILIO_ACCOUNT_SID": "AC",
    "TWILIO_AUTH_TOKEN": "token",
    "TWILIO_FROM": "+15005550006",
    "MAIL_BACKEND": "smtp",
    "SMTP_URL": "smtp://127.0.0.1:9",
    "MAIL_FROM": "cabinet@example.org",
    "STAFF_EMAILS": "staff@example.org",
    "SUPPORT_PHONE": "+78005553535",
}
OF_SETTINGS = "dotenv"
OF_THE_WEB = (
    f"{OF_SETTINGS} babel bcrypt blinker brotli click deprecated email_validator flask flask_babel "
    "flask_limiter flask_login flask_wtf idna itsdangerous jinja2 limits markupsafe ordered_set packaging "
    "peewee phonenumbers prometheus_client pyotp pytz structlog twilio "
    "werkzeug whitenoise wrapt wtforms"
)
OF_THE_WORKER = (
    f"{OF_SETTINGS} babel brotli certifi charset_normalizer idna "
    "jinja2 markupsafe peewee phonenumbers pyotp pytz requests "
    "structlog twilio urllib3"
)
PROCESSES = {
    "wsgi": OF_THE_WEB,
    "cabinet.serve.supervisor": "",
    "cabinet.worker.__main__": OF_THE_WORKER,
}


@pytest.mark.parametrize(("module", "needed"), PROCESSES.items())
def test_a_start_loads_these_libraries_and_no_others(module: str, needed: str, tmp_path: Path) -> None:
    """The second is the supervisor, a process of its own that does nothing but wait."""
    code = f"import {module}, sys; print(*{{name.partition('.')[0] for name in sys.modules}})"
    settings = {**SETTINGS, "DATABASE_URL": f"sqlite:///{tmp_path}/cabinet.db"}
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=settings, capture_output=True, text=True, check=True
    )
    assert sorted(set(answer.stdout.split()) & of_production()) == sorted(needed.split())


def test_a_web_server_finds_all_of_its_settings_in_the_file(tmp_path: Path) -> None:
    """Those of gateways and of libraries, too: nobody but `flask` reads the file into the environment."""
    file = {**SETTINGS, "DATABASE_URL": f"sqlite:///{tmp_path}/cabinet.db", "REQUESTS_CA_BUNDLE": "/ours.pem"}
    (tmp_path / ".env").write_text("".join(f"{name}={file[name]}\n" for name in file if name != "PATH"))
    code = (
        "import config, os, pathlib, sys; config.ROOT = pathlib.Path(sys.argv[1])\n"
        "import wsgi; print(os.environ['REQUESTS_CA_BUNDLE'])"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    done = subprocess.run(
        command, cwd=ROOT, env={"PATH": file["PATH"]}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "/ours.pem\n"), done.stderr


def test_the_supervisor_loads_little_even_of_python() -> None:
    """These are a third of its memory, for what it does once or hardly ever."""
    large = "logging pathlib random shutil tempfile traceback typing urllib"
    code = "import sys, cabinet.serve.__main__, cabinet.serve.supervisor; print(*sys.modules)"
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert not set(loaded.split()) & set(large.split())


def of_production() -> set[str]:
    """The packages that requirements.txt installs; others may be there, and be used by these, in tests."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pinned = {line.partition("==")[0].partition("[")[0].lower() for line in lines if "==" in line}
    return {
        package
        for package, distributions in packages_distributions().items()
        if not package.startswith("_") and pinned & {name.lower().replace("_", "-") for name in distributions}
    } - {"attr", "typing_extensions"}  # not beside every tool, nor with every Python
