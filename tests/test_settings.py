"""Settings: each is read somewhere, and none but the demonstration's switches off what a start checks."""

import ast
import os
import subprocess
import sys
from dataclasses import fields
from typing import Any

import pytest

from config import ROOT, Settings
from config_check import problems
from tests.journeys import to_profile
from tests.production import COMPLETE
from tests.visitor import Visitor


def _attributes(source: str) -> set[str]:
    return {node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}


def test_every_setting_is_read() -> None:
    unread = {field.name for field in fields(Settings)}
    for path in (ROOT / "cabinet").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if any(f".{name}" in source for name in unread):
            unread -= _attributes(source)
    assert not unread


def test_the_environment_cannot_pretend_to_be_a_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TESTING", "1")
    monkeypatch.setenv("DEMO", "0")
    assert not Settings.from_env().testing
    assert any("SECRET_KEY" in sentence for sentence in problems(Settings.from_env()))


def test_a_production_start_without_secrets_is_refused_whatever_TESTING_says() -> None:
    environment = {**os.environ, "TESTING": "1", "DEMO": "0", "SECRET_KEY": "short"}
    command = [sys.executable, "-c", "import wsgi"]
    start = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert start.returncode == 1 and "SECRET_KEY must be random text" in start.stderr


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"secret_key": "short"}, "SECRET_KEY"),
        ({"password_pepper": ""}, "PASSWORD_PEPPER"),
        ({"public_url": "http://lk.example.ru"}, "PUBLIC_URL"),
        ({"sms_backend": "inbox"}, "SMS_BACKEND"),
        ({"twilio_auth_token": ""}, "TWILIO_AUTH_TOKEN"),
        ({"mail_backend": "inbox"}, "MAIL_BACKEND"),
        ({"mail_backend": "pigeon"}, "MAIL_BACKEND"),
        ({"smtp_url": ""}, "SMTP_URL"),
        ({"mail_from": ""}, "MAIL_FROM"),
        ({"staff_emails": ()}, "STAFF_EMAILS"),
        ({"staff_webhooks": ("https://crm.example.ru/hook",)}, "STAFF_WEBHOOK_SECRET"),
        ({"support_phone": ""}, "SUPPORT_PHONE"),
        ({"bcrypt_cost": 9}, "BCRYPT_COST"),
        ({"secret_key": "a" * 32}, "SECRET_KEY"),
        ({"secret_key": "0123456789abcdef" * 2}, "SECRET_KEY"),
        ({"secret_key": "demo-only-secret-key-never-for-production"}, "SECRET_KEY"),
        ({"secret_key": "changeme-0123456789-abcdefghijklmno"}, "SECRET_KEY"),
        ({"secret_key_fallbacks": ("short",)}, "SECRET_KEY_FALLBACKS"),
        ({"secret_key_fallbacks": ("0123456789abcdef0123456789abcdeg",)}, "SECRET_KEY_FALLBACKS"),
        ({"staff_webhook_secret_next": "short"}, "STAFF_WEBHOOK_SECRET_NEXT"),
        ({"password_pepper": "fedc" * 8}, "PASSWORD_PEPPER"),
        ({"password_pepper": "0123456789abcdef0123456789abcdeg"}, "PASSWORD_PEPPER"),
        ({"staff_webhook_secret": "0123456789abcdef0123456789abcdeg"}, "STAFF_WEBHOOK_SECRET"),
        ({"code_tries": 999_999}, "CODE_TRIES"),
        ({"code_tries": 0}, "CODE_TRIES"),
        ({"sms_global_day": 10**8}, "SMS_GLOBAL_DAY"),
        ({"login_failures": 10**6}, "LOGIN_FAILURES"),
        ({"login_lockouts": (0, 0)}, "LOGIN_LOCKOUTS"),
        ({"lookup_per_account_day": 10**6}, "LOOKUP_PER_ACCOUNT_DAY"),
        ({"session_absolute": 10**9}, "SESSION_ABSOLUTE"),
        ({"trusted_proxies": 99}, "TRUSTED_PROXIES"),
        ({"cookie_mode": "third-party"}, "COOKIE_MODE"),
        ({"minimum_age": 121}, "MINIMUM_AGE"),
    ],
)
def test_what_is_missing_is_named_alone(changes: dict[str, Any], named: str) -> None:
    assert not problems(Settings(**COMPLETE))
    (sentence,) = problems(Settings(**{**COMPLETE, **changes}))
    assert sentence.startswith(named)


def test_a_load_test_raises_the_caps_of_sms_that_go_nowhere() -> None:
    caps: dict[str, Any] = {"sms_global_hour": 10**8, "sms_global_day": 10**8}
    assert not problems(Settings(**COMPLETE, **caps, twilio_api_url="http://127.0.0.1:9100"))
    assert len(problems(Settings(**COMPLETE, **caps, twilio_api_url="https://proxy.example.ru"))) == 2


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({}, False),
        ({"public_url": "http://localhost:8001"}, False),
        ({"public_url": "http://192.168.1.7:8000"}, False),
        ({"public_url": "https://lk.example.ru"}, True),
        ({"public_url": "http://lk.example.ru"}, True),
        ({"public_url": "http://127.0.0.1.example.ru"}, True),
    ],
)
def test_a_demonstration_runs_at_home_alone(changes: dict[str, Any], refused: bool) -> None:
    assert bool(problems(Settings(demo=True, **changes))) is refused


@pytest.mark.settings(minimum_age=21, maximum_age=60)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("born", "said"), [("01.01.2006", "с 21 года"), ("01.01.1960", "Проверьте год рождения")]
)
def test_the_ages_of_residents_follow_the_settings(
    visitor: Visitor, receipt: dict[str, str], born: str, said: str
) -> None:
    to_profile(visitor, receipt)
    visitor.fill_and_submit(birth_date=born)
    assert said in visitor.error("birth_date")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code_channels": ("call",)}, "CODE_CHANNELS must be"),
        ({"code_channels": ("sms", "pigeon")}, "CODE_CHANNELS must be"),
        ({"code_channels": ("sms", "call")}, "no gateway can call"),
        ({"sms_gateways": ("twilio", "smsaero")}, "SMSAERO_EMAIL is required"),
        ({"sms_gateways": ("twilio", "pigeon")}, "SMS_GATEWAYS names pigeon"),
        ({"sms_gateways": ("twilio", "inbox")}, "SMS_GATEWAYS=inbox is for the demonstration only"),
    ],
)
def test_gateways_and_channels_that_cannot_work_are_named(changes: dict[str, Any], said: str) -> None:
    by_twilio = {"sms_backend": "twilio", "twilio_account_sid": "A", "twilio_auth_token": "t"}
    found = problems(Settings(**{**by_twilio, "twilio_from": "MG1", **changes}))
    assert any(said in sentence for sentence in found), found


def test_settings_of_gateways_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMS_GATEWAYS", "smsaero twilio")
    monkeypatch.setenv("SMSAERO_EMAIL", "it@company.ru")
    monkeypatch.setenv("SMSC_LOGIN", "of another")
    assert Settings.from_env().gateway_settings == {"smsaero_email": "it@company.ru"}


@pytest.mark.parametrize(
    ("address", "right"),
    [
        ("https://pay.example.ru/?account={account}&sum={amount}&month={period}", True),
        ("https://pay.example.ru/", True),
        ("", True),
        ("http://pay.example.ru/{account}", False),
        ("javascript:alert(1)", False),
        ("https://pay.example.ru/{phone}", False),
        ("https://pay.example.ru/ {account}", False),
    ],
)
def test_the_address_for_paying_is_checked(address: str, right: bool) -> None:
    sentences = problems(Settings(testing=True, pay_url=address))
    assert (not any("PAY_URL" in sentence for sentence in sentences)) == right
