"""Invented addresses, and the many ways in which one is written."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

CITIES = ("Клин", "Химки", "Орёл", "Нижний Новгород", "Ростов-на-Дону", "Королёв")
STREETS = (
    ("ул.", "Садовая"), ("ул.", "Новая Садовая"), ("ул.", "Зелёная"), ("ул.", "8 Марта"), ("пер.", "Садовый"),
    ("ул.", "50 лет Октября"), ("ул.", "1-я Парковая"), ("ул.", "2-я Парковая"), ("пр-кт", "Мира"),
    ("ул.", "Академика Королёва"), ("ул.", "Героев Панфиловцев"), ("б-р", "Победы"), ("ш.", "Ленинградское"),
    ("ул.", "Большая Садовая"), ("наб.", "Реки Клязьмы"), ("ул.", "Ленина"), ("проезд", "Полевой"),
)  # fmt: skip
KINDS = {
    "ул.": ("ул.", "ул", "улица"),
    "пер.": ("пер.", "пер", "переулок"),
    "пр-кт": ("пр-кт", "пр-т", "просп.", "проспект"),
    "б-р": ("б-р", "бульвар", "бул."),
    "ш.": ("ш.", "шоссе"),
    "наб.": ("наб.", "набережная"),
    "проезд": ("проезд", "пр-д"),
}
NAMES = {
    "8 Марта": ("8 Марта", "8-го Марта", "Восьмого Марта"),
    "50 лет Октября": ("50 лет Октября", "50-летия Октября", "50-лет Октября"),
    "1-я Парковая": ("1-я Парковая", "Парковая 1-я", "1 Парковая", "Первая Парковая"),
    "Академика Королёва": ("Академика Королёва", "ак. Королёва", "акад. Королева"),
    "Героев Панфиловцев": ("Героев Панфиловцев", "Героев-Панфиловцев"),
    "Большая Садовая": ("Большая Садовая", "Б. Садовая", "Садовая Б.", "Бол. Садовая"),
    "Ленина": ("Ленина", "им. Ленина", "В.И. Ленина", "имени Ленина"),
}
LATIN = str.maketrans("АВСЕНКМОРТХасеорх", "ABCEHKMOPTXaceopx")


@dataclass(frozen=True)
class Truth:
    """One flat."""

    city: str
    kind: str
    street: str
    house: int
    letter: str
    building: int
    flat: int


def some(rng: Random) -> Truth:
    """A flat somewhere."""
    kind, street = rng.choice(STREETS)
    house, building, flat = rng.randint(1, 40), rng.choice((0, 0, 1, 2, 3)), rng.randint(1, 90)
    return Truth(rng.choice(CITIES), kind, street, house, rng.choice(("", "", "А", "Б")), building, flat)


def neighbour(truth: Truth, rng: Random) -> Truth:
    """Another flat that differs in one part."""
    changes: tuple[dict[str, object], ...] = (
        {"house": truth.house + rng.randint(1, 9)},
        {"letter": rng.choice([letter for letter in ("", "А", "Б") if letter != truth.letter])},
        {"building": rng.choice([number for number in range(4) if number != truth.building])},
        {"flat": truth.flat + rng.randint(1, 9)},
    )
    return replace(truth, **rng.choice(changes))  # type: ignore[arg-type]


def form(truth: Truth, rng: Random) -> tuple[str, str, str, str, str]:
    """As a resident types it into the form: city, street, house, building, flat."""
    building = str(truth.building or "")
    house = str(truth.house) + rng.choice(("{}", " {}", "-{}", ", лит. {}")).format(truth.letter)
    house = house if truth.letter else str(truth.house)
    if building and "лит" not in house and rng.random() < 0.3:
        house, building = f"{house}к{building}", ""
    elif building:
        building = rng.choice((building, f"корп. {building}", f"к{building}"))
    city = rng.choice((truth.city, f"г. {truth.city}", f"Энская обл., г {truth.city}"))
    flat = rng.choice((f"{truth.flat}", f"кв. {truth.flat}", f"0{truth.flat}", f"кв{truth.flat}"))
    return _dressed(city, rng), _dressed(_street(truth, rng, bare=True), rng), house, building, flat


def line(truth: Truth, rng: Random) -> str:
    """As a billing program writes it, in one line."""
    name = truth.city
    city = rng.choice((f"г. {name}", f"г {name}", f"{name} г", f"{name} г.", f"г.{name}"))
    before = rng.choice(("", "141600, ", "Россия, ", "Энская обл, ", "Энская область, Энский р-н, "))
    inside = rng.choice((_labelled, _glued, _numbers))
    text = f"{before}{city}, {_street(truth, rng)}, {inside(truth, rng)}"
    return _dressed(text, rng)


def _street(truth: Truth, rng: Random, bare: bool = False) -> str:
    name = rng.choice(NAMES.get(truth.street, (truth.street,)))
    if bare and truth.kind == "ул." and rng.random() < 0.5:
        return name
    kind = rng.choice(KINDS[truth.kind])
    return rng.choice((f"{kind} {name}", f"{name} {kind}"))


def _labelled(truth: Truth, rng: Random) -> str:
    letter = rng.choice(("{}", "-{}", " {}", ", литера {}", ' лит. "{}"')) if truth.letter else ""
    house = rng.choice(("д. ", "д.", "д ", "дом ", "дом № ")) + str(truth.house) + letter.format(truth.letter)
    building = rng.choice(("корп. ", "корп.", "к. ", "корпус "))
    none = rng.choice(("", "", ", корп. 0", ", корп. -"))
    building = f", {building}{truth.building}" if truth.building else none
    entrance = rng.choice(("", "", ", подъезд 2", ", под. 3, эт. 4", ", этаж 9", " 1 подъезд,"))
    if entrance.startswith(" 1"):
        entrance = ", 1-й подъезд"
    flat = rng.choice(("кв. ", "кв.", "кв ", "квартира ", "кв. № ")) + str(truth.flat)
    return f"{house}{building}{entrance}, {flat}"


def _glued(truth: Truth, rng: Random) -> str:
    building = f"к{truth.building}" if truth.building else ""
    return f"{rng.choice(('д', 'д.', ''))}{truth.house}{truth.letter}{building}, кв{truth.flat}"


def _numbers(truth: Truth, rng: Random) -> str:
    building = f"/{truth.building}" if truth.building else ""
    return f"{truth.house}{truth.letter}{building}{rng.choice(('-', ', '))}{truth.flat}"


def _dressed(text: str, rng: Random) -> str:
    """In capitals, without «ё», with Latin letters among the Russian ones, with other spaces; or as it is."""
    dress: tuple[Callable[[str], str], ...] = (
        str,
        str.upper,
        str.lower,
        lambda words: words.replace("ё", "е"),
        lambda words: words.translate(LATIN),
        lambda words: words.replace(" ", "  "),
        lambda words: words.replace("-", "‑"),
    )
    return rng.choice(dress)(text)
