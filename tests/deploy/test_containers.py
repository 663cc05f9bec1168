"""The image and the compose file, compared with the settings, files and programs that they speak of."""

import importlib.util
import re
from dataclasses import fields

from cabinet.delivery import gateways
from cabinet.delivery.gateway import KNOWN
from config import ROOT, Settings

DEPLOY = ROOT / "deploy"
IMAGE = (DEPLOY / "Containerfile").read_text("utf-8")
COMPOSE = (DEPLOY / "compose.yaml").read_text("utf-8")
EXAMPLE = (DEPLOY / "compose.env.example").read_text("utf-8")
OURS = {field.name.upper() for field in fields(Settings)}
PYTHON = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "PIP_NO_CACHE_DIR"}


def settings_of_gateways() -> set[str]:
    """What gateways declare besides."""
    assert gateways.names()
    return {f"{name}_{option}".upper() for name, cls in KNOWN.items() for option in cls.OPTIONS}


def test_the_image_has_every_module_that_is_imported_and_no_other_file() -> None:
    copied = set(re.findall(r"^COPY (?!--from)(.*) \S+$", IMAGE, re.M))
    names = {name for line in copied for name in line.split()}
    assert names == {"requirements.txt", "migrations", "cabinet", *(path.name for path in ROOT.glob("*.py"))}
    sent = set(re.findall(r"^!(.*)$", (ROOT / ".dockerignore").read_text(), re.M))
    assert sent == names and (ROOT / ".dockerignore").read_text().startswith("*\n")


def test_the_image_runs_the_web_server_as_nobody_in_particular() -> None:
    procfile = (ROOT / "Procfile").read_text()
    command = re.search(r"^CMD \[(.*)\]$", IMAGE, re.M)
    assert command
    words = " ".join(word.strip('"') for word in command[1].split(", "))
    assert f"web: {words}\n" in procfile
    assert re.findall(r"^USER (.*)$", IMAGE, re.M) == ["10001"]
    assert all(re.search(r":\d[\w.-]*( AS \w+)?$", line) for line in re.findall(r"^FROM (.*)$", IMAGE, re.M))
    assert "--require-hashes" in IMAGE and "apt-get" not in IMAGE


def test_every_setting_of_the_image_is_known() -> None:
    lines = " ".join(re.findall(r"^(?:ENV|RUN) (.*)$", IMAGE, re.M))
    named = set(re.findall(r"\b([A-Z][A-Z_]+)=", lines))
    assert {"HOST", "PORT", "UPLOADS_FOLDER", "IMPORTS_FOLDER", "DEMO"} <= named
    assert named <= OURS | PYTHON | {"PIP_DISABLE_PIP_VERSION_CHECK"}


def test_every_setting_of_the_compose_file_is_known() -> None:
    cabinet = COMPOSE.partition("services:")[0]
    named = set(re.findall(r"^    ([A-Z_]+): ", cabinet, re.M))
    assert named == {"DATABASE_URL", "REDIS_URL", "UPLOADS_FOLDER", "IMPORTS_FOLDER", "TRUSTED_PROXIES"}
    assert named <= OURS
    asked = set(re.findall(r"\$\{(\w+)", COMPOSE))
    given = set(re.findall(r"^(\w+)=", EXAMPLE, re.M))
    assert asked <= given and given - asked <= OURS | settings_of_gateways()
    for required in ("SECRET_KEY", "PASSWORD_PEPPER", "PUBLIC_URL", "SUPPORT_PHONE", "MAIL_FROM"):
        assert required in given


def test_what_runs_is_what_the_documents_run() -> None:
    for command in ("[flask, --app, wsgi, worker]", "[flask, --app, wsgi, db, upgrade]"):
        assert f"command: {command}" in COMPOSE
    assert (
        "read_only: true" in COMPOSE and "cap_drop: [ALL]" in COMPOSE and "POOL_MODE: transaction" in COMPOSE
    )
    assert not re.search(r"image: \S+:latest|image: [^\s:]+$", COMPOSE.replace("image: cabinet\n", ""), re.M)


def test_nginx_gets_its_documented_file_with_other_names() -> None:
    conf = (DEPLOY / "nginx" / "cabinet.conf").read_text("utf-8")
    assert "./nginx/cabinet.conf:" in COMPOSE
    replaced = re.findall(r"'(?:/|s/)([\w.:]+)/", COMPOSE)
    assert replaced == ["127.0.0.1:8001", "127.0.0.1:8000", "lk.example.ru"]
    assert all(name in conf for name in replaced)
    assert all(re.search(rf"{path};", conf) for path in re.findall(r":(/etc/ssl/[\w.]+):ro", COMPOSE))


def test_the_compose_file_is_yaml_that_hangs_together() -> None:
    """Read by a parser where there is one: it is no dependency of ours."""
    services = re.findall(r"^  (\w+):$", COMPOSE.partition("services:")[2].partition("\nvolumes:")[0], re.M)
    assert services == ["upgrade", "web", "worker", "nginx", "pgbouncer", "postgres", "redis"]
    assert "\t" not in COMPOSE
    if importlib.util.find_spec("yaml"):
        yaml = importlib.import_module("yaml")
        found = yaml.safe_load(COMPOSE)
        assert list(found["services"]) == services
        for service in found["services"].values():
            assert set(service.get("depends_on", {})) <= set(services)


def test_the_units_run_what_is_there() -> None:
    for name in ("web", "worker"):
        unit = (DEPLOY / "systemd" / f"cabinet-{name}.service").read_text()
        command = re.search(r"^ExecStart=/srv/cabinet/.venv/bin/(.*)$", unit, re.M)
        assert command and f"{name}: {command[1]}\n" in (ROOT / "Procfile").read_text()
    assert "Requires=cabinet-web.socket" in (DEPLOY / "systemd" / "cabinet-web.service").read_text()
    socket = (DEPLOY / "systemd" / "cabinet-web.socket").read_text()
    assert "ListenStream=127.0.0.1:8000" in socket and "server 127.0.0.1:8000 " in (
        DEPLOY / "nginx" / "cabinet.conf"
    ).read_text("utf-8")
