"""kill -9 at each step of a delivery, chosen by what the other side has just heard: nothing is lost.

A letter or an event that the other side accepted may come again, under the same id; an SMS comes once more
and then waits for somebody to decide; what was marked comes never again.
"""

import dataclasses

import pytest
from pytest_httpserver import HTTPServer

from config import Settings
from tests.faults.fate import AFTER, HTTP_STEPS, QUICK, SMTP_STEPS, Fatal, Fate
from tests.faults.outbox import bodies, enqueue, finish, posted, times
from tests.faults.processes import Start
from tests.messages import fresh, make_due
from tests.servers import through_twilio


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "step", [s if s in QUICK else pytest.param(s, marks=pytest.mark.slow) for s in SMTP_STEPS]
)
def test_a_worker_killed_at_any_step_loses_no_letter(
    settings: Settings, fate: Fate, box: Fatal, start: Start, step: str
) -> None:
    by_smtp = dataclasses.replace(settings, mail_backend="smtp", smtp_url=box.url)
    message = enqueue("mail", "staff/registered", "staff@example.org")
    fate.step = step
    fate.strike(lambda: start(by_smtp, "worker"), message)
    died = fresh(message)
    assert died.tries == (step != "claiming")
    assert (died.sent_at is not None) == (step == "marked")
    assert len(box.letters) == (step in (*AFTER, "marked"))
    finish(by_smtp)
    assert fresh(message).sent_at
    assert [letter["Message-ID"] for letter in box.letters] == [f"<{message.id}@localhost>"] * times(step)


@pytest.mark.parametrize(
    "step", [s if s == "answered" else pytest.param(s, marks=pytest.mark.slow) for s in HTTP_STEPS]
)
def test_a_worker_killed_at_any_step_loses_no_webhook(
    settings: Settings, fate: Fate, receiver: HTTPServer, start: Start, step: str
) -> None:
    signed = dataclasses.replace(settings, staff_webhook_secret="s" * 32)
    message = enqueue("webhook", "registered", receiver.url_for("/hook"))
    fate.step = step
    fate.strike(lambda: start(signed, "worker"), message)
    assert (fresh(message).sent_at is not None) == (step == "marked")
    finish(signed)
    assert fresh(message).sent_at
    heard = [(r.headers["Idempotency-Key"], r.get_json()["id"]) for r in bodies(receiver)]
    assert set(heard) == {(message.id, message.id)}
    assert posted(receiver) == times(step)


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "step", [s if s in QUICK else pytest.param(s, marks=pytest.mark.slow) for s in HTTP_STEPS]
)
@pytest.mark.parametrize("expires", [600, pytest.param(None, marks=pytest.mark.slow)])
def test_a_worker_killed_at_any_step_loses_no_sms(
    settings: Settings, fate: Fate, receiver: HTTPServer, start: Start, step: str, expires: int | None
) -> None:
    by_twilio = through_twilio(settings, receiver)
    message = enqueue("sms", "password_changed", "+79161234567", data={"name": "Анна"}, expires=expires)
    fate.step = step
    fate.strike(lambda: start(by_twilio, "worker"), message)
    finish(by_twilio)
    sent = fresh(message)
    assert sent.sent_at and posted(receiver) == times(step)
    assert sent.tries == times(step), "staff see that it was tried twice"


@pytest.mark.parametrize("expires", [600, pytest.param(None, marks=pytest.mark.slow)])
def test_an_sms_is_never_sent_a_third_time_without_somebodys_word(
    settings: Settings, fate: Fate, receiver: HTTPServer, start: Start, expires: int | None
) -> None:
    by_twilio = through_twilio(settings, receiver)
    message = enqueue("sms", "password_changed", "+79161234567", data={"name": "Анна"}, expires=expires)
    for _ in range(2):
        fate.step = "accepted"
        fate.strike(lambda: start(by_twilio, "worker"), message)
        make_due()
    finish(by_twilio)
    dead = fresh(message)
    assert dead.dead_at and dead.error == "no answer twice: cut short"
    assert posted(receiver) == 2
