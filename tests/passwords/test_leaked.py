"""Passwords of the great leaks are refused, others almost never."""

import random
import string
import subprocess
import sys

import pytest

from cabinet.passwords import leaked
from cabinet.passwords.rules import PasswordPolicy, Personal, check
from config import ROOT

LETTERS = string.ascii_lowercase + "абвгдежзийклмнопрстуфхцчшщъыьэюя"


def refused(password: str) -> bool:
    results = check(PasswordPolicy(), password, Personal())
    return next(not one.met for one in results if one.name == "common")


@pytest.mark.parametrize("password", ["sahtm123", "qwe123qw", "Ufa35forever", "terri061", "115533sa"])
def test_what_leaked_is_refused_however_it_is_written(password: str) -> None:
    assert refused(password) and refused(password.upper())


def test_one_in_ten_thousand_others_is_refused_at_most() -> None:
    draw, number = random.Random(20261126), 60_000
    others = ("".join(draw.choices(LETTERS + string.digits, k=draw.randrange(8, 20))) for _ in range(number))
    assert sum(map(leaked.contains, others)) <= number // 10_000


def test_the_filter_is_small_and_read_when_it_is_asked() -> None:
    assert leaked.FILE.stat().st_size <= 3_000_000
    asked = "from cabinet.passwords import leaked, rules; print(leaked._bits.cache_info().currsize)"
    answer = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout == "0\n"
