"""The alert rules and the dashboard ask for what `/metrics` tells, and are right by Prometheus's own tool."""

import json
import re
import shutil
import subprocess

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cabinet.models import Alarm
from cabinet.models.database import db
from cabinet.public.metrics import GAUGES
from config import ROOT

DEPLOY = ROOT / "deploy"
RULES = DEPLOY / "prometheus" / "cabinet.rules.yml"
DASHBOARD = DEPLOY / "grafana" / "cabinet.json"
NAME = re.compile(r"\bcabinet_[a-z_]+")
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def told(app: Flask, client: FlaskClient) -> set[str]:
    """The names of all that `/metrics` tells."""
    with db.atomic():
        Alarm.begin("dead", {})
    client.get("/help")
    text = client.get("/metrics", headers={"Authorization": "Bearer figures"}).get_data(as_text=True)
    declared = set(re.findall(r"^# TYPE (\S+)", text, re.M))
    return {line.split("{")[0].split(" ")[0] for line in text.splitlines()} | declared


@SQLITE
@pytest.mark.settings(metrics_token="figures")
def test_rules_and_dashboard_ask_for_nothing_else(told: set[str]) -> None:
    expressions = [panel["targets"] for panel in json.loads(DASHBOARD.read_text())["panels"]]
    asked = {name for targets in expressions for one in targets for name in NAME.findall(one["expr"])}
    asked |= set(NAME.findall(RULES.read_text()))
    assert len(asked) > 12 and asked - told == set()
    assert {f"cabinet_{name}" for name in GAUGES} <= told


def test_each_alert_is_explained() -> None:
    alerts = set(re.findall(r"alert: (\w+)", RULES.read_text()))
    explained = (ROOT / "docs" / "operations.md").read_text()
    assert len(alerts) > 10 and not [name for name in alerts if f"`{name}`" not in explained]


def test_each_alarm_is_explained_and_no_other() -> None:
    """By name: what raises one is a Trouble, whose name is its kind and what it is about."""
    raised: set[str] = set()
    for module in (ROOT / "cabinet").rglob("*.py"):
        if "Trouble(" in (source := module.read_text()):
            raised |= set(re.findall(r'(?:Trouble\(|\bname = )f?"([a-z]+)', source))
    section = (ROOT / "docs" / "operations.md").read_text().partition("### Alarms")[2].partition("\n## ")[0]
    explained = set(re.findall(r"^\| `([a-z]+)(?:/…)?` \|", section, re.M))
    assert len(raised) > 8 and raised == explained


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments", [["check", "rules", str(RULES)], ["test", "rules", str(RULES).replace(".yml", ".test.yml")]]
)
def test_promtool_finds_the_rules_right(arguments: list[str]) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:  # no machine has to have it: `.ci/run` installs it where it can
        pytest.skip("no promtool here")
    done = subprocess.run([promtool, *arguments], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
