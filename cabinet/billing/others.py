"""Tells rows that are of no account: totals, end marks, signatures, headings, titles once more."""

import re
from collections.abc import Sequence
from contextlib import suppress

from cabinet import fields
from cabinet.billing.amounts import kopecks
from cabinet.billing.columns import understand
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.numbers import account
from cabinet.billing.staging.totals import TOTAL as TOTAL_ROW

TOTALS = re.compile(
    r"\W*(?:(?:общий |сводный |промежуточный )?итого?\b|всего\b|(?:grand |sub)?total\b|под ?[иы]тог|"
    r"(?:общая )?сумма\b|оборот(?:ы|ов|ам|ная|ный|но)?\b|сальдо\b|баланс\b|в том числе\b|количество\b|"
    r"кол-во\b|сумма прописью|конец\b|end\b|eof\b|руководитель\b|(?:генеральный )?директор\b|"
    r"гл(?:авный|\.)? ?бухгалтер\b|бухгалтер\b|"
    r"исполнитель\b|исп\.|дата:|подпис[ьи]\b|м\.? ?п\.(?! ?(?!подп)[а-яё])|"
    r"(?:составил|проверил|отпустил)(?:а|и)?\b|дата (?:формирования|печати|выгрузки)|"
    r"(?:отч[её]т )?сформирован|страница\b|стр\. ?[0-9]|лист [0-9]|"
    r"примечани|число (?:строк|записей)|строк:|записей:|по дому\b|по улице\b|по участку\b)",
    re.IGNORECASE,
)
TOTAL_WORDS = ("итог", "всего", "сумм", "все услуги")
TOTAL_OF_ACCOUNT = re.compile(
    r"\W*(?:общая )?(?:итого?|всего|сумма|все услуги)(?: (?:к оплате|начислено|начислений|по (?:лс|л/с|"
    r"сч[её]ту|лицевому сч[её]ту|(?:всем )?услугам|квартире|помещению|абоненту|квитанции)))*\W*",
    re.IGNORECASE,
)
LONE_TOTAL = re.compile(
    r"\W*(?:итого|всего)(?: по (?:дому|улице|участку|реестру|файлу|всем))?\W*", re.IGNORECASE
)
GRAND_TOTAL = re.compile(
    r"\W*(?:общий )?(?:итого|всего)(?: по (?:реестру|файлу|ведомости|организации)| начислено| к оплате)*\W*"
    r"|=\s*[0-9]+",
    re.IGNORECASE,
)
SUBTOTAL = re.compile(r".+ (?:итог|total)", re.IGNORECASE)  # Excel names groups so: «7012300001 Итог»
COUNT = 7  # digits of a number of accounts, which may stand in their column in a row of totals
NAMES_ACCOUNT = re.compile(r"сч|лс|л/с|\bл с|абонент|договор|acc|ls\b|rash|lchet", re.IGNORECASE)
COUNTED = re.compile(
    r"\(?(?:[0-9]+ (?:rows?|строк[аи]?|запис(?:ь|и|ей))\b.*|(?:выбрано|строк обработано):? .*[0-9].*)",
    re.IGNORECASE,
)
CONTROL = re.compile(r"=\s*[0-9]+")  # «=2;4215,17» ends registries for banks
OTHER_TABLE = (
    "В строке {line} начинается ещё одна таблица, и столбцы в ней другие. Сохраните её отдельным файлом и "
    "загрузите оба."
)
PART_OF = re.compile(r"\W*(?:в том числе|в т\. ?ч|из них)\b", re.IGNORECASE)
RULERS = "-–—=_*+:|. ─═│║┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬╒╕╘╛╞╡╤╧╪╓╖╙╜╟╢╥╨╫"  # lines drawn between rows
LETTERS = "АБВГДЕЖЗИКЛМНОП"
LETTER = re.compile(r"[^\W\d_]")
SIGHT = 2  # filled cells from the left in which such words say something of the row


def is_other(cells: list[str], number: str, titles: list[str]) -> bool:
    """Whether a row that is not taken is of no account at all, so that nothing is lost with it.

    `number` is the cell of the account, `titles` are those of the table, single-spaced.
    """
    filled = [cell for cell in cells if cell]
    if filled and CONTROL.fullmatch(filled[0]) and not _is_plain(number):
        return True
    if len(filled) == 1 and COUNTED.fullmatch(filled[0]):  # what databases say below what was found
        return True
    if filled and SUBTOTAL.fullmatch(filled[0]) and not any(map(LETTER.search, filled[1:])):
        return True
    said = any(TOTALS.match(cell) for cell in filled[:SIGHT])
    if said and (not _is_plain(number) or (len(number) <= COUNT and LONE_TOTAL.fullmatch(filled[1]))):
        return True
    if [" ".join(cell.split()) for cell in cells] == titles:
        return True
    if not any(cell.strip(RULERS) for cell in filled) or numbers_columns(filled):
        return True
    return len(cells) > 2 and len(filled) == 1 and _is_long(filled[0])


def titles_again(cells: list[str], names: Sequence[str | None], line: int) -> bool:
    """Whether a row names the columns once more. Raises UnreadableFileError if these are not `names`."""
    wordy = sum(bool(cell) and not any(map(str.isdigit, cell)) for cell in cells)
    if wordy < 3 or not NAMES_ACCOUNT.search(" ".join(cells)):
        return False
    found = understand(cells, {})
    if found.score < 3 or "account" not in found.names:
        return False
    if line > 1 and found.names != tuple(names[: len(cells)]):
        raise UnreadableFileError(OTHER_TABLE.format(line=line))
    return True


def is_total(cells: list[str]) -> bool:
    """Whether a row says of itself that it is a total, an end mark or a signature, or only draws a line."""
    filled = [cell for cell in cells if cell]
    said = any(TOTALS.match(cell) for cell in filled[:SIGHT])
    return bool(filled) and (said or not any(cell.strip(RULERS) for cell in filled))


def grand_total(cells: Sequence[str], amounts: Sequence[str]) -> int | None:
    """What a row that is a total of the whole file says, in kopecks: the first of the amounts that is one."""
    filled = [cell for cell in cells if cell]
    if not any(map(GRAND_TOTAL.fullmatch, filled[:SIGHT])):
        return None
    with suppress(fields.FieldError):
        return next((amount for amount in map(kopecks, amounts) if amount is not None), None)
    return None


def numbers_columns(cells: Sequence[str]) -> bool:
    """Whether a row only numbers the columns: 1, 2, 3; A, B, C; or А, Б, 1, 2, as statisticians do."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if len(filled) < 3:
        return False
    lettered = sum(map(str.isalpha, filled))
    numbers = [str(n) for n in range(1, len(filled) - lettered + 1)]
    orders = ([*LETTERS[:lettered]], [*"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[:lettered]])
    return filled[:lettered] in orders and filled[lettered:] == numbers


def _is_plain(number: str) -> bool:
    """Whether it is an account number, not words that could be folded into one."""
    try:
        account(number)
    except fields.FieldError as error:
        return error.code == "rounded"
    return not TOTALS.match(number) and sum(map(str.isdigit, number)) * 2 >= len(number)


def is_heading(number: str) -> bool:
    """Whether words stand where the number of an account is to be: «Дом 19», «ул. Мира, 3»."""
    return not _is_plain(number) and sum(map(str.isalpha, number)) > 2


def _is_long(text: str) -> bool:
    """Words over a group of rows: a street, a house."""
    letters = sum(map(str.isalpha, text))
    return letters >= 5 and letters * 2 >= len(text)


def included(column: Sequence[str]) -> int:
    """How many services say that they are a part of another: «в т.ч. ОДН»."""
    return sum(PART_OF.match(name) is not None for name in column)


def services(column: list[str]) -> list[str]:
    """The names of services; of what is the total of the account, the one that says so."""
    joined = "\n".join(column).lower()
    if not any(word in joined for word in TOTAL_WORDS):
        return column
    return [TOTAL_ROW if TOTAL_OF_ACCOUNT.fullmatch(name) else name for name in column]
