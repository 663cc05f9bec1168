"""`flask messages`: what operators see and do."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from peewee import Database

from cabinet.commands.messages import messages_cli
from cabinet.models import Message
from cabinet.models.base import now
from cabinet.models.database import db
from cabinet.wording.formats import masked
from tests.messages import fresh


@pytest.fixture
def run(database: Database, settings: Any) -> Callable[..., str]:
    """Run a command; its output. `fails` is the exit code expected."""
    app = Flask(__name__)

    def invoke(*words: str, fails: int = 0) -> str:
        result = app.test_cli_runner().invoke(messages_cli, list(words))
        assert result.exit_code == fails, result.output
        return result.output

    return invoke


def kill(message: Message, reason: str = "SMTP 550", expired: bool = False) -> Message:
    """Make a message dead."""
    changes: dict[str, Any] = {"dead_at": now(), "due_at": None, "error": reason, "tries": 3}
    if expired:
        changes["expires_at"] = now()
    with db.atomic():
        Message.update(**changes).where(Message.id == message.id).execute()
    return message


def test_list_filters_and_masks(run: Callable[..., str], enqueue: Callable[..., Message]) -> None:
    waiting, dead, sms = enqueue(), kill(enqueue()), enqueue("sms")
    everything = run("list")
    assert all(m.id in everything for m in (waiting, dead, sms))
    assert "staff@example.org" not in everything and "+79161234567" not in everything
    assert "s•••@example.org" in everything and "+7916•••67" in everything
    assert dead.id in run("list", "--state", "dead") and waiting.id not in run("list", "--state", "dead")
    assert "SMTP 550" in run("list", "--state", "dead")
    assert run("list", "--lane", "sms").split()[0] == sms.id
    assert run("list", "--state", "sent") == ""
    assert len(run("list", "--limit", "2").splitlines()) == 2
    run("list", "--lane", "pigeons", fails=2)


def test_show_masks_what_opens_something_and_people(
    run: Callable[..., str], enqueue: Callable[..., Message]
) -> None:
    shown = run("show", kill(enqueue()).id)
    for told in ("dead", "SMTP 550", "registered", "s•••@example.org", "account=00 1234-5"):
        assert told in shown
    for hidden in ("anna@example.ru", "Ёлкина", "+79161234567", "Лесная", "1980", "421867"):
        assert hidden not in shown
    secret = enqueue("sms", "code", data={"code": "opensesame", "email_token": "opensesame"})
    assert "opensesame" not in run("show", secret.id)
    assert "No message has this id" in run("show", "nothing", fails=1)


def test_one_message_is_retried_and_no_other(
    run: Callable[..., str], enqueue: Callable[..., Message]
) -> None:
    dead, other = kill(enqueue()), kill(enqueue())
    assert "1 will be retried" in run("retry", dead.id)
    assert fresh(dead).due_at and fresh(dead).dead_at is None and fresh(dead).tries == 0
    assert fresh(other).dead_at
    assert "The message is waiting, not dead" in run("retry", dead.id, fails=1)


def test_retry_all_but_the_expired(run: Callable[..., str], enqueue: Callable[..., Message]) -> None:
    dead, expired = [kill(enqueue()) for _ in range(3)], kill(enqueue(), "expired", expired=True)
    assert "3 will be retried" in run("retry", "--all")
    assert all(fresh(m).due_at for m in dead)
    assert fresh(expired).dead_at


def test_retry_needs_to_know_what(run: Callable[..., str], enqueue: Callable[..., Message]) -> None:
    run("retry", fails=2)
    run("retry", enqueue().id, "--all", fails=2)


@pytest.mark.parametrize(
    ("to", "shown"),
    [
        ("https://user:pass@hooks.example.org:8443/a?token=b", "hooks.example.org/…"),
        ("@", "•••@"),
        ("123", "•••"),
        ("", ""),
    ],
)
def test_receivers_are_masked(to: str, shown: str) -> None:
    assert masked(to) == shown
