"""How people write phones, accounts, sums, names, dates and addresses: one of many ways, by chance."""

from collections.abc import Callable
from datetime import date
from random import Random

from tests.fields.dates import GENITIVE

Spelling = Callable[[str], str]

TWINS = str.maketrans("АВЕКМНОРСТХаеорсх", "ABEKMHOPCTXaeopcx")
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
NOMINATIVE = "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь".split()  # noqa: SIM905


def write_phone(rng: Random, national: str) -> str:
    """Ten digits the ways people write a mobile number."""
    a, b, c, d = national[:3], national[3:6], national[6:8], national[8:]
    gap, dash = rng.choice(" \u00a0\u202f"), rng.choice("-\u2011–—.")
    ways = [
        *(f"8{national}", f"+7{national}", f"7{national}", national, f"8 {a} {b} {c} {d}"),
        *(f"8({a}){b}{dash}{c}{dash}{d}", f"8 ({a}) {b}-{c}-{d}", f"+7{gap}{a}{gap}{b}{dash}{c}{dash}{d}"),
        *(f"8{dash}{a}{dash}{b}{dash}{c}{dash}{d}", f"({a}) {b}-{c}-{d}", f"+7({a}){b}{c}{d}"),
        *(f"8-({a})-{b}-{c}-{d}", f"8 {a} {b}{c}{d}", f"8{a} {b} {c}{d}", f"8 {a} {b[:2]} {b[2:]}{c} {d}"),
        *(f"+8 {a} {b} {c}{d}", f"+7 8{national}", f"+7+7{national}", f"8{national}".translate(FULL_WIDTH)),
        *(f"тел. 8{national}", f"Телефон: +7 {a} {b} {c} {d}", f"моб. 8{national}", f"№ 8{national}"),
        *(f"т.8({a}){b}{c}{d}", f"сот. 8-{a}-{b}-{c}-{d}", f"мой номер 8{national}", f"Анна 8 {a} {b}{c}{d}"),
        *(f" 8{national} ", f"8{national}.", f"8{national};", f"8 {a} {b}{c}{d} (мама)", f"«+7{national}»"),
        *(f"\u202a+7 {a} {b}‑{c}‑{d}\u202c", f"8/{a}/{b}{c}{d}", f"8 {a}{gap}{gap}{b} - {c} - {d}"),
        *(f"8 {a} {b}, {c}, {d}", f"8_{a}_{b}_{c}_{d}", f"8{national}".replace("0", "О", 1)),
    ]  # fmt: skip
    return rng.choice(ways)


def way_of_codes(rng: Random) -> Spelling:
    """A way to pass on the code of an SMS."""
    ways: list[Spelling] = [
        *(str, str, str, lambda six: f"{six[:3]} {six[3:]}", lambda six: f"{six[:3]}-{six[3:]}"),
        *(lambda six: f" {six} ", lambda six: six.translate(FULL_WIDTH), lambda six: f"Код: {six}"),
        *(lambda six: " ".join(six), lambda six: six + six, lambda six: f"{six}.", lambda six: f"«{six}»"),
        lambda six: f"Домопульт: код {six}. Никому его не сообщайте\n@lk.example.ru #{six}",
    ]
    return rng.choice(ways)


def write_account(rng: Random, printed: str) -> str:
    """The number of a personal account as people copy it from a receipt."""
    grouped = " ".join(printed[start : start + 4] for start in range(0, len(printed), 4))
    ways = [
        *(printed, printed, printed, grouped, grouped.replace(" ", "-"), grouped.replace(" ", "\u00a0")),
        *(f"л/с {printed}", f"Л/С № {printed}", f"лс{printed}", f"№{printed}", f"лицевой счет {printed}"),
        *(f"Лицевой счёт: {printed}", f"л.с. {printed}", f"л/сч {printed}", f"№ лиц. счета {printed}"),
        *(f" {printed} ", f"{printed}.", f"«{printed}»", f"ЛС-{printed}", f"л/с: {printed}", f"#{printed}"),
        *(printed.lower(), printed.translate(TWINS), printed.lower().translate(TWINS)),
        *(printed.translate(FULL_WIDTH), printed.replace("/", ""), printed.replace("/", " / ")),
    ]  # fmt: skip
    if printed.isdigit():
        slip = printed.replace("0", "О", 1)
        ways += [
            printed.lstrip("0"),
            f"0{printed}",
            slip,
            printed.replace("3", "З", 1),
            f"{printed[:5]}\n{printed[5:]}",
        ]
    return rng.choice(ways)


def write_amount(rng: Random, kopecks: int) -> str:
    """The sum of a receipt as people copy it."""
    roubles, rest = divmod(abs(kopecks), 100)
    groups = f"{roubles:,}"
    number = groups.replace(",", rng.choice([" ", "\u00a0", "\u202f", "'", ""]))
    ways = [
        *(f"{number},{rest:02}", f"{number},{rest:02}", f"{number}.{rest:02}", f"{number},{rest:02} ₽"),
        *(f"{number},{rest:02} руб", f"{number}.{rest:02}р.", f"{number} руб. {rest:02} коп."),
        *(f"{roubles}р{rest:02}к", f"{roubles} рублей {rest:02} копеек", f"{roubles}-{rest:02}"),
        *(f"{number}, {rest:02}", f"{number} руб {rest:02}", f"{number}р {rest:02}к", f"{roubles}={rest:02}"),
        *(f"{groups}.{rest:02}", f"{groups.replace(',', '.')},{rest:02}", f" {number},{rest:02} "),
        *(f"{number},{rest:02}".translate(FULL_WIDTH), f"{number},{rest:02} RUB", f"{number},{rest:02}."),
        *(f"{roubles}/{rest:02}", f"{roubles}:{rest:02}", f"₽{number},{rest:02}", f"{number} , {rest:02}"),
        f"{roubles}руб.{rest:02}коп.",
    ]  # fmt: skip
    if kopecks >= 0:
        ways += [f"к оплате {number},{rest:02}", f"Итого: {number}.{rest:02}"]
    if roubles >= 1000:
        ways += [f"{roubles} {rest:02}", f"{roubles:,}".replace(",", " ") + f" {rest:02}"]
    if not rest:
        ways += [number, f"{number} ₽", f"{number} руб.", f"{number},-", f"{number}р", f"{number},0"]
    if rest and rest % 10 == 0:
        ways.append(f"{number},{rest // 10}")
    minus = rng.choice(["-", "−", "– ", "- "]) if kopecks < 0 else ""
    return minus + rng.choice(ways)


def write_name(rng: Random, name: str) -> str:
    """A part of a name as people type it."""
    twins = "".join(rng.choice([letter, letter.translate(TWINS)]) for letter in name)
    ways = [
        *(name, name, name, name.lower(), name.upper(), f" {name} ", f"{name} ", twins, f"{name},"),
        *(name.replace("’", "'"), name.replace("’", "`"), name.replace("’", "ʼ"), f"\u200b{name}"),
        *(name.replace("-", " - "), name.replace("-", "–"), name.replace("-", "- "), name.replace(" ", "  ")),
        *(name.replace("ё", "е"), name.replace("ё", "е\u0308"), f"{name}." if len(name) > 1 else name),
    ]  # fmt: skip
    return rng.choice(ways)


def write_date(rng: Random, born: date) -> str:
    """A birth date as people write it."""
    day, month, year = born.day, ROMAN[born.month - 1], born.year
    word, title = GENITIVE[born.month - 1], NOMINATIVE[born.month - 1].title()
    full = f"{born:%d.%m.%Y}"
    ways = [
        *(full, full, f"{day}.{born.month}.{year}", f"{born:%d%m%Y}", f"{born:%d/%m/%Y}", f"{born:%d-%m-%Y}"),
        *(f"{born:%d %m %Y}", f"{born:%d,%m,%Y}", born.isoformat(), f"{born:%Y.%m.%d}", f"{born:%Y%m%d}"),
        *(f"{day} {word} {year}", f"{day} {word.title()} {year} г.", f"{day} {word} {year} года"),
        *(f"{day} {word[:3]} {year}", f"{day} {title} {year}", f"{day}{word}{year}", f"{full}."),
        *(f"{full}г.", f"{full} г.р.", f" {full} ", f"{full} года рождения", f"{day}-{word[:3]}-{year}"),
        *(f"{day}.{month}.{year}", f"{day}/{month.lower()}-{year}", f"{born:%d. %m. %Y}"),
        *(full.translate(FULL_WIDTH), f"{born:%d:%m:%Y}"),
        *(full.replace(".", "..", 1), f"{born:%d.%m,%Y}", f"{born:%d_%m_%Y}", full.replace("0", "О", 1)),
    ]  # fmt: skip
    if 1930 <= year < 2000:
        ways += [f"{born:%d.%m.%y}", f"{born:%d%m%y}", f"{day} {word} {born:%y} г."]
    return rng.choice(ways)


def write_email(rng: Random, address: str) -> str:
    """An e-mail address as people and their keyboards write it."""
    ways = [
        *(address, address, address, f"{address} ", f" {address}", address.upper(), f"{address}."),
        *(address.replace("@", " @"), address.replace(".", ". "), f"<{address}>", f"{address},"),
        *(f"«{address}»", f"почта: {address}", f"mailto:{address}", f"Анна <{address}>", address.title()),
    ]
    return rng.choice(ways)
