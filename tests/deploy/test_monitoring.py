"""The alert rules and the dashboard ask for what `/metrics` tells, and are right by Prometheus's own tool."""

import json
import re
import shutil
import subprocess

import pytest
from flask import Flask
from flask.testing import FlaskClient

from cabinet.models import Alarm, DeliveryTry
from cabinet.models.database import db
from cabinet.public.metrics import GAUGES
from cabinet.telemetry import events
from config import ROOT

DEPLOY = ROOT / "deploy"
RULES = DEPLOY / "prometheus" / "cabinet.rules.yml"
DASHBOARD = DEPLOY / "grafana" / "cabinet.json"
DOCUMENT = (ROOT / "docs" / "operations.md").read_text("utf-8")
NAME = re.compile(r"\bcabinet_[a-z_]+")
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def told(app: Flask, client: FlaskClient) -> dict[str, set[str]]:
    """The labels of all that `/metrics` tells, by its names."""
    with db.atomic():
        Alarm.begin("dead", {})
        DeliveryTry.create(message="x", gateway="smsc")
    client.get("/help")
    with app.test_request_context("/"):
        events.tell("csrf")
        events.tell("limit_reached", limit="sms-all")
    text = client.get("/metrics", headers={"Authorization": "Bearer figures"}).get_data(as_text=True)
    found: dict[str, set[str]] = {}
    for name, labels in re.findall(r"^(\w+)(?:\{(.*)\})? ", text, re.M):
        found.setdefault(name, set()).update(re.findall(r'(\w+)="', labels))
    return found


def asked() -> list[str]:
    """The expressions of the dashboard, and those of the rules."""
    panels = [panel["targets"] for panel in json.loads(DASHBOARD.read_text())["panels"]]
    rules = re.split(r"^ +expr:", RULES.read_text(), flags=re.M)[1:]
    return [one["expr"] for targets in panels for one in targets] + [
        re.split(r"^ +(?:for|labels):", rule, flags=re.M)[0] for rule in rules
    ]


@SQLITE
@pytest.mark.settings(metrics_token="figures")
def test_rules_and_dashboard_ask_for_nothing_else(told: dict[str, set[str]]) -> None:
    names = {name for one in asked() for name in NAME.findall(one)}
    assert len(names) > 12 and names - told.keys() == set()
    assert {f"cabinet_{name}" for name in GAUGES} <= told.keys()


@SQLITE
@pytest.mark.settings(metrics_token="figures")
def test_rules_and_dashboard_ask_by_labels_that_there_are(told: dict[str, set[str]]) -> None:
    for one in asked():
        for name, matchers in re.findall(r"\b(cabinet_\w+)\{([^}]*)\}", one):
            assert set(re.findall(r"(\w+)(?:=~|!~|!=|=)", matchers)) <= told[name], one
        known = {label for name in NAME.findall(one) for label in told[name]}
        assert set(re.findall(r"\w+", " ".join(re.findall(r"by \(([^)]*)\)", one)))) <= known, one


@SQLITE
@pytest.mark.settings(metrics_token="figures")
def test_each_figure_is_documented_with_its_labels(told: dict[str, set[str]]) -> None:
    """By the table of operations.md; `…_late` there is `cabinet_messages_late`."""
    section = DOCUMENT.partition("| metric | labels | |")[2].partition("\n\n")[0]
    documented: dict[str, set[str]] = {}
    for names, labels in re.findall(r"^\| (`.*`) \|([^|]*)\|", section, re.M):
        of_each = labels.split(";")
        for at, name in enumerate(re.findall(r"`([^`]+)`", names)):
            full = name.replace("…", "cabinet_messages")
            documented[full] = set(re.findall(r"\w+", of_each[min(at, len(of_each) - 1)])) - {"none"}
    real = {re.sub("_(bucket|count|sum)$", "", name): labels - {"le"} for name, labels in told.items()}
    assert documented == real


def test_each_alert_is_explained() -> None:
    alerts = set(re.findall(r"alert: (\w+)", RULES.read_text()))
    assert len(alerts) > 10 and not [name for name in alerts if f"`{name}`" not in DOCUMENT]


def test_each_alarm_is_explained_and_no_other() -> None:
    """By name: what raises one is a Trouble, whose name is its kind and what it is about."""
    raised: set[str] = set()
    for module in (ROOT / "cabinet").rglob("*.py"):
        if "Trouble(" in (source := module.read_text()):
            raised |= set(re.findall(r'(?:Trouble\(|\bname = )f?"([a-z]+)', source))
    section = DOCUMENT.partition("### Alarms")[2].partition("\n## ")[0]
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
