"""The outer fence: so many requests per client network, counted in Redis when there is one."""

import dataclasses
import signal
from collections.abc import Iterator

import pytest
from flask import Flask

from cabinet import create_app
from cabinet.models.database import db
from cabinet.web.extensions import limiter
from config import Settings
from tests import redis_server
from tests.redis_server import Redis
from tests.servers import Silence, silence  # noqa: F401 (a fixture)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def redis() -> Iterator[Redis]:
    """One for two hosts."""
    with redis_server.running() as server:
        yield server


@pytest.fixture
def two_hosts(app: Flask, settings: Settings, redis: Redis) -> list[Flask]:
    """Two hosts of one installation that share the Redis."""
    fenced = dataclasses.replace(settings, requests_per_minute=5, redis_url=redis.url)
    apps = [create_app(fenced), create_app(fenced)]
    db.connect(reuse_if_open=True)
    return apps


def statuses(apps: list[Flask], count: int, ip: str) -> list[int]:
    return [
        apps[n % len(apps)].test_client().get("/", environ_base={"REMOTE_ADDR": ip}).status_code
        for n in range(count)
    ]


def test_hosts_count_together(two_hosts: list[Flask]) -> None:
    answers = statuses(two_hosts, 8, "192.0.2.1")
    assert sorted(answers) == [200] * 5 + [429] * 3
    assert statuses(two_hosts, 1, "192.0.2.2") == [200], "others are not meant"


def test_refusal_is_a_page_that_says_when(two_hosts: list[Flask]) -> None:
    statuses(two_hosts, 5, "192.0.2.1")
    answer = two_hosts[0].test_client().get("/", environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert answer.status_code == 429 and int(answer.headers["Retry-After"]) > 0
    assert "Подождите минуту" in answer.get_data(as_text=True)
    assert "frame-ancestors" in answer.headers["Content-Security-Policy"]


def test_without_its_redis_the_site_stays_up_and_still_counts(two_hosts: list[Flask], redis: Redis) -> None:
    redis.stop()
    answers = statuses(two_hosts[:1], 8, "192.0.2.9")
    assert sorted(answers) == [200] * 5 + [429] * 3, "each process counts for itself meanwhile"


def test_a_redis_that_is_silent_is_waited_for_once(
    app: Flask,
    settings: Settings,
    silence: Silence,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limiter, "_storage_dead", False)
    address = f"redis://127.0.0.1:{silence.port}"
    host = create_app(dataclasses.replace(settings, requests_per_minute=5, redis_url=address))
    assert sorted(statuses([host], 8, "192.0.2.9")) == [200] * 5 + [429] * 3
    assert len(silence.connections) == 1, "whoever tries it waits for a second"


def test_a_redis_that_was_stopped_is_used_again_by_itself(two_hosts: list[Flask], redis: Redis) -> None:
    redis.process.send_signal(signal.SIGSTOP)
    assert sorted(statuses(two_hosts[:1], 8, "192.0.2.9")) == [200] * 5 + [429] * 3
    redis.process.send_signal(signal.SIGCONT)
    limiter.ask_at = 0.0  # ten seconds later
    assert sorted(statuses(two_hosts, 8, "192.0.2.10")) == [200] * 5 + [429] * 3, "and both count in it"
    assert not limiter._storage_dead
