"""Robot residents: invented people who write what they are asked for as real people do, each by a seed."""

from dataclasses import dataclass
from datetime import date
from random import Random

from tests.cast import PERIODS
from tests.robots import spellings
from tests.robots.spellings import Spelling

OPERATORS = (903, 905, 906, 909, 910, 915, 916, 917, 920, 921, 925, 926, 950, 960, 961, 977, 981, 985, 999)
WOMEN = ("Анна", "Наталья", "Алёна", "Анна-Мария", "Зоя", "Эльвира", "Ия", "Мар’яна", "Гульнара", "Фёкла")
MEN = ("Пётр", "Фёдор", "Иван", "Ян", "Магомед", "Артём", "Тимур", "Игорь", "Семён", "Жан Поль")
HER_SURNAMES = (
    *("Иванова", "Королёва", "Ёлкина", "Римская-Корсакова", "Петрова-Водкина", "Д’Арк", "Ким", "Оганесян"),
    *("Иванова (Седова)", "Аль Масри", "Щербакова", "Чёрных", "Бек-Назарова", "Лю", "О’Нил", "Шевченко"),
)
HIS_SURNAMES = ("Иванов", "Королёв", "Соловьёв", "Салтыков-Щедрин", "О’Хара", "Ли", "фон Визин", "Дюма")
HER_PATRONYMICS = ("Петровна", "Фёдоровна", "Ильинична", "Гусейн кызы", "Артёмовна", "")
HIS_PATRONYMICS = ("Петрович", "Семёнович", "Ильич", "Мамед оглы", "Саввич", "")
NO_PATRONYMIC = ("", "", " ", "-", "—", "нет", "Нет.", "отсутствует")
MAILBOXES = ("anna", "n.petrova", "Ivan_1960", "kot-i-pes", "a", "fedor+zhkh", "O.NEILL")
DOMAINS = ("example.ru", "mail.example.com", "пример.рф", "Example.RU", "xn--e1afmkfd.xn--p1ai")
WORDS = ("калитка", "Ромашка", "тополь", "Рассвет", "kolobok", "Сирень", "lodka", "подъезд")


@dataclass(frozen=True)
class Robot:
    """One resident: what is true of them, and what they write of it."""

    seed: int
    phone: str  # E.164
    account: str  # as the receipt prints it
    period: date
    amount: int  # kopecks
    born: date
    typed: dict[str, dict[str, str]]  # at each step
    write_code: Spelling


def robot(seed: int) -> Robot:
    """The robot of this seed: always the same. No two have one account."""
    rng = Random(f"robot {seed}")
    phone = f"{rng.choice(OPERATORS)}{rng.randrange(10**7):07d}"
    account, period, amount = _account(rng, seed), rng.choice(PERIODS), _amount(rng)
    born = date(rng.randrange(1930, 2010), rng.randrange(1, 13), rng.randrange(1, 29))
    typed = {
        "/": {"phone": spellings.write_phone(rng, phone), "consent": "y"},
        "/register/account": {
            "period": f"{period:%Y-%m}",
            "account": spellings.write_account(rng, account),
            "amount": spellings.write_amount(rng, amount),
        },
        "/register/address": {"answer": "yes"},
        "/register/profile": {**_person(rng), "birth_date": spellings.write_date(rng, born)},
        "/register/password": {
            "password": f"{rng.choice(WORDS)}{rng.choice('-_ .')}{rng.randrange(10**5):05d}"
        },
    }
    return Robot(seed, f"+7{phone}", account, period, amount, born, typed, spellings.way_of_codes(rng))


def _account(rng: Random, seed: int) -> str:
    digits = f"{7_012_300_000 + 7 * seed}"
    lettered, divided = f"{digits[:2]}МВ{digits[4:]}", f"{digits[:4]}/{digits[4:]}"
    return rng.choice([digits, digits, digits, f"00{digits[3:]}", lettered, divided])


def _amount(rng: Random) -> int:
    """Kopecks: mostly thousands of roubles, sometimes nothing, an overpayment, or a debt of years."""
    usual = rng.randrange(50_000, 1_500_000)
    round_one, small = usual - usual % 100, rng.randrange(100, 99_900)
    return rng.choice([usual, usual, usual, round_one, small, 0, -15_030, 123_456_789])


def _person(rng: Random) -> dict[str, str]:
    """Name and mailbox, as typed."""
    lists = rng.choice([(HER_SURNAMES, WOMEN, HER_PATRONYMICS), (HIS_SURNAMES, MEN, HIS_PATRONYMICS)])
    last, first, middle = (rng.choice(names) for names in lists)
    address = f"{rng.choice(MAILBOXES)}@{rng.choice(DOMAINS)}"
    return {
        "last_name": spellings.write_name(rng, last),
        "first_name": spellings.write_name(rng, first),
        "middle_name": spellings.write_name(rng, middle) if middle else rng.choice(NO_PATRONYMIC),
        "email": spellings.write_email(rng, address),
    }
