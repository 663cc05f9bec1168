"""Robot residents register by what they write: nobody is asked to write it otherwise."""

from datetime import date

import pytest
from flask import Flask

from cabinet import fields
from cabinet.models import Account, Charge, User
from cabinet.models.database import db
from tests.cast import PERIODS
from tests.robots.people import Robot, robot
from tests.visitor import Visitor, last_code

TODAY = date(2026, 11, 26)
PATIENCE = 0.01  # of the robots may need a second try
MANY = {"sms_global_hour": 10**6, "sms_global_day": 10**6}


def bill(people: list[Robot]) -> None:
    """Let billing know the robots' accounts; only the month of the receipt has its sum."""
    keys = {one.seed: fields.account_number(one.account) for one in people}
    assert len(set(keys.values())) == len(people)
    accounts = [
        {"number": keys[one.seed], "printed": one.account, "address": f"г. Химки, ул. Новая, д. {one.seed}"}
        for one in people
    ]
    charges = [
        {"period": period, "account": keys[one.seed], "amount_due": one.amount + (period != one.period)}
        for one in people
        for period in PERIODS
    ]
    with db.atomic():
        for model, rows in ((Account, accounts), (Charge, charges)):
            for start in range(0, len(rows), 100):
                model.insert_many(rows[start : start + 100]).execute()


def stumbled(app: Flask, one: Robot) -> str:
    """Where a robot is not understood at the first try and what it wrote there; empty if it gets home."""
    visitor = Visitor(app, htmx=one.seed % 2 == 0, ip=f"10.{one.seed // 250}.{one.seed % 250}.1")
    visitor.get("/")
    while visitor.path != "/home":
        step = visitor.path
        typed = {"code": one.write_code(last_code(one.phone))} if step == "/code" else one.typed[step]
        visitor.fill_and_submit(**typed)
        if visitor.path == step:
            told = {name: visitor.error(name) for name in typed if name != "answer"}
            told = {name: text for name, text in told.items() if text} or {"page": visitor.text[:300]}
            return f"robot {one.seed} at {step} wrote {typed}, was told {told}"
    return ""


@pytest.mark.settings(**MANY)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("count", [20, pytest.param(1000, marks=pytest.mark.slow)])
def test_robots_get_home_at_the_first_try_of_each_step(app: Flask, count: int) -> None:
    people = [robot(seed) for seed in range(count)]
    bill(people)
    stories = list(filter(None, (stumbled(app, one) for one in people)))
    print(*stories, sep="\n")
    assert len(stories) <= PATIENCE * count, "\n".join(stories)
    assert User.select().count() == count - len(stories)


def test_what_robots_write_is_what_they_mean() -> None:
    for one in map(robot, range(3000)):
        receipt = one.typed["/register/account"]
        understood = (
            fields.phone(one.typed["/"]["phone"]),
            fields.code(one.write_code("012345")),
            fields.account_number(receipt["account"]),
            fields.money(receipt["amount"], signed=True),
            fields.birth_date(one.typed["/register/profile"]["birth_date"], TODAY),
        )
        meant = (one.phone, "012345", fields.account_number(one.account), one.amount, one.born)
        assert understood == meant, f"robot {one.seed} wrote {one.typed}"
