"""What the titles of columns mean: titles are folded, then looked up.

Folding takes away what programs decorate titles with: case, «ё», stars, colons, quotes, units, line breaks
and the hyphens before them, numbers in front, Latin letters that look like Russian ones.
"""

import re
import unicodedata
from collections.abc import Sequence

from cabinet.billing.batches import COLUMNS
from cabinet.billing.compound_titles import compound

# Each of our fields with its titles, the more exact first: of two columns for one thing the first one wins.
# Titles on one line of «=» are equally exact. They stand here as they are folded.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "account": (
        "номер лицевого счета = лицевого счета = n лицевого счета = n лс"
        " = лицевой счет = номер лс = лс = л с = иной идентификатор потребителя"
        " = номер лс иной идентификатор потребителя"
        " = номер лицевого счета иной идентификатор потребителя = лицевой счет абонента"
        " = лицевойсчет = лицсчет = основной лицевой счет = код лицевого счета = personal account"
        " = номер лицевого счета абонента = лицевой = номер лиц счета = лиц счет"
        " = номер счета абонента = код лс = лсчет = л сч = номер л сч = лиц сч = л счет"
        " = lchet = ls = lschet",
        "счет = номер счета = абонентский номер = номер абонента = код абонента = номер договора"
        " = account number = account no = абонент лс = абонент л с = acc = rash = lsc = nls = nomls"
        " = nomerls",
    ),
    "els": (
        "номер елс в гис жкх = елс = номер елс = единый лицевой счет = номер единого лицевого счета",
    ),
    "zhku_id": (
        "идентификатор жку = жку = номер жку",
    ),
    "period": (
        "расчетный период = период = период начисления = отчетный период = период расчета"
        " = расчетный месяц = месяц начисления = за период = месяц год = отчетный месяц",
        "дата = дата начисления = за месяц",
    ),
    "month": (
        "месяц = мес = номер месяца = mes = month",
    ),
    "year": (
        "год = god = year",
    ),
    "amount_due": (
        "итого к оплате за расчетный период с учетом задолженности переплаты"
        " = итого к оплате с учетом задолженности переплаты = к оплате с учетом долга"
        " = сумма к оплате с учетом долга = к оплате с учетом задолженности"
        " = всего к оплате с учетом долга = итого к оплате с учетом долга"
        " = сумма к оплате с учетом задолженности = к оплате с долгом"
        " = к оплате с учетом задолженности переплаты = итого к оплате с учетом задолженности"
        " = всего к оплате с учетом задолженности",
        "итого к оплате = всего к оплате = к оплате итого = к оплате всего = koplate",
        "к оплате = сумма к оплате = к уплате = сумма к уплате = оплатить",
        "сумма платежа = сумма долга = сумма задолженности = долг на конец = задолженность на конец"
        " = долг на конец периода = задолженность на конец периода = сальдо на конец периода"
        " = сумма по квитанции = итого по квитанции = сальдо на конец = исходящее сальдо"
        " = конечное сальдо = сальдо конечное = исходящий остаток = остаток на конец"
        " = остаток на конец периода",
        "сумма = итого = всего = долг = задолженность = баланс = summa = sum1 = sum = dolg = saldo = itogo"
        " = сальдо = итог = total",
    ),
    "amount_charged": (
        "начислено = сумма начисления = начисления = сумма начислений = начислено за месяц"
        " = начислено за период = сумма к оплате за расчетный период = начислено итого"
        " = итого к оплате за расчетный период = итого к оплате за период = всего к оплате за период"
        " = итого начислено = всего начислено = начислено всего = к оплате за расчетный период = nach"
        " = nachisleno = nachisl = sumnach = начисления итого = начисления всего",
    ),
    "amount_paid": (
        "оплачено = сумма оплаты = оплачено денежных средств = поступило = уплачено = оплата",
    ),
    "last_name": (
        "фамилия = fam = fam l",
    ),
    "first_name": (
        "имя = im = im l",
    ),
    "middle_name": (
        "отчество = отчество при наличии = ot = ot l",
    ),
    "full_name": (
        "фио = фамилия имя отчество = фио абонента = фио собственника = фио плательщика"
        " = фио потребителя = ф и о = ф и о абонента = fio = ф и о собственника = фио нанимателя"
        " = ф и о плательщика = фамилия и о = фамилия и инициалы",
        "абонент = плательщик = собственник = потребитель = наниматель = жилец = житель = квартиросъемщик"
        " = ответственный собственник = ответственный квартиросъемщик = ответственный наниматель",
    ),
    "address": (
        "адрес = адрес помещения = адрес ожф = адрес абонента = полный адрес = адрес квартиры"
        " = адрес плательщика = адрес объекта = adres = адрес потребителя = адрес лицевого счета"
        " = адрес лс",
        "адрес дома = адрес регистрации = почтовый адрес = адрес дома квартира = адрес проживания",
    ),
    "region": (
        "регион = область = субъект рф",
    ),
    "district": (
        "район = округ = городской округ",
    ),
    "city": (
        "город = населенный пункт = нас пункт = нп = поселок = нас п = nnasp = gorod = city = город поселок"
        " = село",
    ),
    "street": (
        "улица = наименование улицы = название улицы = ул = nylic = ulica = ul = street = name v"
        " = улица проспект"
        " = адрес улица",
    ),
    "house": (
        "дом = номер дома = д = ndom = dom = bld",
    ),
    "building": (
        "корпус = номер корпуса = корп = nkorp = korp = corp",
    ),
    "structure": (
        "строение = стр",
    ),
    "letter": (
        "литера = литер",
    ),
    "room": (
        "комната = номер комнаты",
    ),
    "premises": (
        "номер помещения = номер квартиры = квартира = кв = номер помещения блока = nkw = nkv = flat = kv"
        " = номер кв = кв ра = номер кв ры",
        "помещение",
    ),
    "fias_house_guid": (
        "guid дома по фиас = фиас = guid дома = код фиас дома = код фиас = fias"
        " = guid дома по фиас код дома в гис жкх",
    ),
    "service": (
        "услуга = наименование услуги = вид услуги = вид начисления = название услуги = услуги"
        " = статья начисления",
    ),
    "row": (
        "номер п п = п п = номер записи = номер строки = номер = n п п = nn п п = nn",
    ),
}  # fmt: skip
UNITS = re.compile(r"(?<![а-яa-z])(?:в )?(?:руб(?:лях|лей|ли)?|ru[br]|коп(?:ейках|ейки|еек)?|р)(?![а-яa-z])")
MONTH = re.compile(  # «Начислено за октябрь 2026 г.»
    r" за (?:(?:январ|феврал|март|апрел|ма|июн|июл|август|сентябр|октябр|ноябр|декабр)[а-я]?|[0-9]{1,2})"
    r" 20[0-9]{2}(?: (?:года|г))?"
    r"| за (?:январь|февраль|март|апрель|май|июнь|июль|август|сентябрь|октябрь|ноябрь|декабрь)\b"
    r"| на [0-9]{1,2} [0-9]{1,2} (?:20)?[0-9]{2}(?: (?:года|г))?\b"  # «Долг на 01.11.2026»
)
NOISE = {  # says nothing of what a column holds: «№» before or after, whose account it is
    "номер",
    "n",
    "абонента",
    "плательщика",
    "собственника",
    "потребителя",
    "нанимателя",
    "квартиросъемщика",
}
SPELLED = {"счета": "счет", "сч": "счет", "лиц": "лицевой", "лицевого": "лицевой"}
NEVER_READ = re.compile(  # identity papers: no import needs them
    r"снилс|паспорт|удостоверяющ|страхов\w* (?:номер|свидет)|кем выдан|дата выдачи|"
    r"(?:серия|номер|вид|дата|тип) документа|^серия|snils|passport"
)
LOOK_ALIKES = str.maketrans("aceopxykmthb", "асеорхукмтнв")
KNOWN: dict[str, tuple[str, int]] = {}
for _field in COLUMNS:
    KNOWN[_field.replace("_", " ")] = _field, 0
for _field, _ranks in SYNONYMS.items():
    for _rank, _titles in enumerate(_ranks):
        for _title in _titles.split(" = "):
            KNOWN.setdefault(_title, (_field, _rank))
LOOSE: dict[frozenset[str], set[tuple[str, int]]] = {}


def fold(title: str) -> str:
    """A title without its decoration: words in lower case with single spaces."""
    text = unicodedata.normalize("NFKC", title.replace("№", " номер ")).lower().replace("ё", "е")
    text = re.sub(r"\xad|-[ \t]*[\r\n]+\s*", "", text)
    words = re.sub(r"[^0-9a-zа-я]+", " ", text).split()
    text = " ".join(_one_alphabet(word) for word in words)
    text = UNITS.sub(" ", MONTH.sub("", re.sub(r"^[0-9]{1,2} (?=[а-яa-z])", "", text)))
    return " ".join(text.split())


def _one_alphabet(word: str) -> str:
    """A word with letters of both alphabets in Russian ones; a lone Latin «c» is Russian, too."""
    turned = word.translate(LOOK_ALIKES)
    mixed = re.search("[а-я]", word) and re.search("[a-z]", word)
    return turned if mixed or word in ("c", "k", "o") else word


def labels(titles: Sequence[str]) -> list[str]:
    """What tells the columns of a table apart: folded titles, with their number where two are the same.

    A column without a title has its number from 1. A label folded is the label.
    """
    folded = [_settled(title) for title in titles]
    return [
        text if text and folded.count(text) == 1 else f"{text} {place}".strip()
        for place, text in enumerate(folded, 1)
    ]


def _settled(title: str) -> str:
    """A title folded until folding no longer changes it."""
    text = fold(title) or title.strip()
    while (again := fold(text)) and again != text:
        text = again
    return text


def is_private(title: str) -> bool:
    """Whether a column holds identity papers, which are never read."""
    return bool(NEVER_READ.search(fold(title)))


def _words(folded: str) -> frozenset[str]:
    """What a title says in whatever order, without NOISE."""
    words = folded.replace("л с", "лс").split()
    return frozenset(SPELLED.get(word, word) for word in words if word not in NOISE)


def _loosely(folded: str) -> tuple[str, int] | None:
    """What titles with the same words in another order name, if that is one thing: «Лицевой счёт, №»."""
    if not LOOSE:
        for known, (name, rank) in KNOWN.items():
            LOOSE.setdefault(_words(known), set()).add((name, rank))
    words = _words(folded)
    found = LOOSE.get(words, set()) if words else set()
    names = {name for name, _ in found}
    return (names.pop(), max(rank for _, rank in found) + 1) if len(names) == 1 else None


def field_of(title: str) -> tuple[str, int] | None:
    """Which of our fields a title names and how exactly, 0 for the most exact; None for another title."""
    folded = fold(title)
    found = KNOWN.get(folded) or _loosely(folded)
    if found is None and (several := compound(folded)):
        return several, 1
    if found is None and "(" in title:
        bare = fold(re.sub(r"\([^()]*\)?", " ", title))
        known = KNOWN.get(bare)
        found = (known[0], known[1] + 1) if known else None
    return found
