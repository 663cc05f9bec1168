"""Which passwords are accepted."""

import gzip
import json
import os
import re
import shutil
import subprocess
import unicodedata
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cabinet.passwords import common
from cabinet.passwords.rules import PasswordPolicy, Personal, check
from tests.properties import ANYTHING, UNTIMED
from tests.waiting import PATIENCE

RESIDENT = Personal(
    phone="+79161234567",
    names=("Щербакова-Ёлкина", "Наталья", "Алексеевна"),
    accounts=("Д-004512", "770012345"),
    birth_date=date(1985, 5, 9),
)

EVERY_RULE = PasswordPolicy(mixed_case=True)


def unmet(password: str, personal: Personal = RESIDENT, policy: PasswordPolicy | None = None) -> set[str]:
    return {r.name for r in check(policy or PasswordPolicy(), password, personal) if not r.met}


COMMON = """
йцукен12 Gfhjkm2024 Gfhjkm2024! пароль12 Пароль2024 qwerty123 зфыыцщкв зфыыцщкв1 password1 P@ssw0rd
P@ssw0rd1 1q2w3e4r й1ц2у3к4 1qaz2wsx zaq12wsx 11111111 aaaaaaa1 aaaa1111 абабабаб 12345678a 87654321
abcd1234 1234qwer Спартак1 Spartak1922 ghbdtn12 привет123 k.,jdm123 Солнышко1985 ljvjgekmn1 Moskva77
москва77 Любимая1 Zenit2024 fyfcnfcbz1 gfhjkmgfhjkm пароль!! Наташенька1 Ёжик2024
"""

PERSONAL = """
Домопульт1 domopult12 Д0м0пульт1 ljvjgekmn1 Cabinet1 сфиштуе1 Наталья1 Natalia1 natalya12 Yfnfkmz1
yfnfkmz1985 тфефдшф1 n4t4lya1 Щербакова1 Щербакова1985 Shcherbakova! sherbakova1 Elkina12345
yolkina12 Ёлкина12 Елкина12 НатальяЩербакова1 абвНаталья 9161234567a 89161234567аб +7(916)123-45-67
8-916-123-45-67 1234567абв Д-004512a 004512abc L004512a 770012345zzz 77-00-12345я 09.05.1985аб
9.5.1985abc 9-5-85abc 090585ab 19850509a 1985-05-09a 05/09/1985x
"""

DECENT = """
Корова7Летит Тр4мвай-Ухта sinij-chainik-42 зонтик8лампа Наталья-любит-чай7 мойдом5этаж7кв
Ра3двАтри4ка kX9#vLq2 ВишнёвыйСад1904 пирог4сыром зелёный4чай b7hq2mzp natalya+koshka+5
1985подъездов7 cabinet-of-dr-caligari-1
"""


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("b7hq2mz", {"length"}),
        ("b7hq2mzp", set()),
        ("b7hq2mzp" * 16, set()),
        ("b7hq2mzp" * 16 + "x", {"length"}),
        ("b7hq2mz\n", set()),
        ("корова-летит", {"digits"}),
        ("59027164830", {"letters"}),
        ("корова-летит\uff17", set()),  # a full-width seven
        ("일곱여덟아홉열7공둘", set()),
    ],
)
def test_length_letters_digits(password: str, expected: set[str]) -> None:
    assert unmet(password) == expected


@pytest.mark.parametrize(
    ("password", "met"), [("b7hq2mzp", False), ("B7HQ2MZP", False), ("b7hq2mZp", True), ("ё7летит-Я", True)]
)
def test_mixed_case_needs_capital_and_small_letters(password: str, met: bool) -> None:
    assert ("case" not in unmet(password, policy=EVERY_RULE)) is met


@pytest.mark.parametrize("password", COMMON.split())
def test_common_passwords_are_refused(password: str) -> None:
    assert "common" in unmet(password, Personal())
    assert "common" not in unmet(password, Personal(), PasswordPolicy(common=False))


@pytest.mark.parametrize("password", PERSONAL.split())
def test_personal_passwords_are_refused(password: str) -> None:
    assert "personal" in unmet(password)


@pytest.mark.parametrize(
    "password",
    ["Щербакова1", "Shcherbakova!", "ityfnfkmz", "9161234567a", "1234567абв", "770012345zzz", "19850509a"],
)
def test_the_personal_rule_knows_only_this_resident(password: str) -> None:
    stranger = Personal("+79030000000", ("Ким", "Ян"), ("1",), date(2001, 1, 31))
    assert "personal" not in unmet(password, stranger)
    assert "personal" not in unmet(password, policy=PasswordPolicy(personal=False))


@pytest.mark.parametrize("password", DECENT.split())
def test_decent_passwords_pass(password: str) -> None:
    assert unmet(password) == set()
    assert unmet(unicodedata.normalize("NFD", password)) == set()


def test_extra_words_are_personal() -> None:
    assert "personal" in unmet("Заречный7", Personal(extra_words=("ЖК Заречный",)))
    assert unmet("Заречный7", Personal()) == set()


def test_names_cannot_make_the_check_run_for_years() -> None:
    cruel = Personal(names=("ий" * 500 + "ж", "ь" * 900 + "ж", "кс" * 300), accounts=("1" * 200,))
    for password in ("iy" * 500, "'" * 1000, "ks" * 500, "1 " * 500, "+" * 1000):
        assert "length" in unmet(password, cruel)


def test_the_list_is_long_and_as_the_rules_look_it_up() -> None:
    words = gzip.decompress(common.FILE.read_bytes()).decode().splitlines()
    assert sum(len(word) >= 8 for word in words) >= 10_000
    assert words == sorted(set(words), key=str.encode)
    assert all(len(word) >= 4 for word in words)
    assert {"пароль", "gfhjkm", "спартак", "password1"} <= set(words)
    assert all(common.contains(word) for word in words)
    assert not any(
        common.contains(w) for w in ("", "\n", "parol\n", "яяяяя", "\x00", "passwor\n", words[-1] + "я")
    )
    assert common.FILE.stat().st_size <= 600_000


def test_rules_switched_off_are_not_listed() -> None:
    bare = PasswordPolicy(letters=False, digits=False, common=False, personal=False)
    assert [r.name for r in check(bare, "x", RESIDENT)] == ["length"]
    names = [r.name for r in check(EVERY_RULE, "x", RESIDENT)]
    assert names == ["length", "letters", "digits", "case", "common", "personal"]


@pytest.mark.parametrize(("shortest", "longest"), [(0, 128), (9, 8)])
def test_impossible_lengths_are_refused(shortest: int, longest: int) -> None:
    with pytest.raises(ValueError):
        PasswordPolicy(min_length=shortest, max_length=longest)


@UNTIMED
@given(ANYTHING | st.text("йцукенqwertyЁё1234567890!. \n\0", max_size=300), st.booleans())
@example("12345678\n", True)
@example("\ud800" * 8, True)
@example("İßﬃ", False)
def test_any_text_is_judged_and_patterns_agree(text: str, known: bool) -> None:
    shown = unicodedata.normalize("NFKC", text)
    for result in check(EVERY_RULE, text, RESIDENT if known else Personal()):
        assert (result.pattern is None) == (result.name in {"common", "personal"})
        if result.pattern is not None:
            assert result.met == (re.search(result.pattern, shown) is not None)
        if result.name == "length":
            assert result.met == (8 <= len(shown) <= 128)
        if result.name == "digits":
            assert result.met == any(c in "0123456789" for c in shown)


@UNTIMED
@given(ANYTHING, st.lists(ANYTHING, max_size=3), ANYTHING, st.none() | st.dates(), ANYTHING)
def test_anything_known_of_anybody_is_judged(
    text: str, names: list[str], account: str, birth: date | None, phone: str
) -> None:
    known = Personal(phone, tuple(names), (account,), birth, (text,))
    assert len(check(PasswordPolicy(), text + account, known)) == 5


@pytest.mark.skipif(shutil.which("node") is None, reason="no node here")
def test_javascript_reads_the_patterns_alike(tmp_path: os.PathLike[str]) -> None:
    samples = [
        "",
        "b7hq2mzp",
        "B7HQ2mzp",
        "12345678\n",
        "корова",
        "Ёё",
        "7",
        "\uff17",
        "x" * 128,
        "x" * 128 + "\n",
    ]
    samples += ["😀" * 8, "😀" * 7 + "a", "일곱", "ªµ", "é", "e\u0301", "×÷", "҂", "\u2028" * 8, "Ǆ", "ﬃ"]
    script = """
        const [patterns, samples] = JSON.parse(require("fs").readFileSync(0, "utf8"));
        console.log(JSON.stringify(samples.map(s => patterns.map(p =>
            new RegExp(p, "u").test(s.normalize("NFKC"))))));
    """
    judged = [[r for r in check(EVERY_RULE, s, Personal()) if r.pattern] for s in samples]
    sent = json.dumps([[r.pattern for r in judged[0]], samples])
    done = subprocess.run(
        ["node", "-e", script], input=sent, capture_output=True, text=True, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[r.met for r in row] for row in judged]
