"""Recognises by content files that cannot be billing files, and says what to do instead."""

import codecs
import re
from collections.abc import Iterable, Sequence

from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.titles import UNITS, field_of, fold

NEEDED = (
    "Нужна таблица начислений из программы расчётов: Excel (XLSX, XLS), ODS, CSV, TXT, DBF или ZIP с ними."
)
EMPTY = "Файл пуст. Выгрузите его из программы начислений ещё раз."
PDF = f"Это PDF: он для печати, числа из него надёжно не взять. {NEEDED}"
PICTURE = f"Это картинка, а не таблица. {NEEDED}"
WORD = f"Это документ Word, а не таблица. {NEEDED}"
PRESENTATION = f"Это презентация, а не таблица. {NEEDED}"
RTF = f"Это текстовый документ RTF, а не таблица. {NEEDED}"
LOCKED = "Файл Excel закрыт паролем. Откройте его в Excel, снимите пароль, сохраните и загрузите снова."
OLD_OFFICE = f"Это документ Microsoft Office, но не книга Excel. {NEEDED}"
OLD_EXCEL = (
    "Это книга Excel очень старого вида (до 1997 года). Откройте её в Excel, сохраните как «Книга Excel "
    "(.xlsx)» и загрузите снова."
)
WEB_PAGE = (
    "Это веб-страница, и таблицы в ней не нашлось. Откройте файл в Excel, сохраните как «Книга Excel "
    "(.xlsx)» и загрузите снова."
)
TABLE_OF_1C = (
    "Это табличный документ 1С (MXL). Откройте его в 1С, сохраните как «Лист Excel (.xlsx)» и загрузите "
    "снова."
)
ARCHIVE = "Это архив RAR, 7-Zip или GZip. Распакуйте его и загрузите сами таблицы или ZIP с ними."
PROGRAM = f"Это программа или файл базы данных, а не таблица. {NEEDED}"
STATEMENT = f"Это банковская выписка для 1С, а нужны начисления. {NEEDED}"
PAYMENTS = (
    "Это реестр оплат: в нём то, что жители уже заплатили. Нужны начисления: файл, в котором у каждого "
    "лицевого счёта стоит сумма к оплате."
)
READINGS = (
    "Это показания счётчиков, а нужны начисления: файл, в котором у каждого лицевого счёта стоит сумма к "
    "оплате."
)
REPORT = (
    "Это отчёт для печати: номера лицевых счетов стоят в нём внутри текста («л/с №7012345678»), а строки "
    "счёта идут под ними. Прочесть его наверняка нельзя. Выгрузите из программы таблицу, в которой у каждого "
    "счёта своя строка, а у номера свой столбец."
)
ALIGNED = (
    "Столбцы в этом файле разделены пробелами: где кончается один и начинается другой, наверняка не узнать. "
    "Выгрузите его с разделителями (точкой с запятой, табуляцией) или в Excel."
)
NO_LETTERS = (
    "Вместо русских букв в файле вопросительные знаки: программа сохранила его в кодировке, в которой этих "
    "букв нет. Выгрузите его ещё раз в кодировке Windows-1251 или UTF-8."
)
CODES = (
    "Вместо русских букв в файле их коды («\\u0421», «&#1057;»). Выгрузите его ещё раз в кодировке "
    "Windows-1251 или UTF-8."
)
UTF_32 = (
    "Файл сохранён в редкой кодировке UTF-32. Сохраните его в UTF-8 или в Excel (XLSX) и загрузите снова."
)
JSON = f"Это файл JSON, а не таблица. {NEEDED}"
BINARY = f"Это не таблица: в файле нет текста, который можно прочитать. {NEEDED}"

MAGIC = (
    (b"%PDF", PDF), (b"\x89PNG", PICTURE), (b"\xff\xd8\xff", PICTURE), (b"GIF8", PICTURE),
    (b"II*\0", PICTURE), (b"MM\0*", PICTURE), (b"{\\rtf", RTF), (b"Rar!", ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", ARCHIVE), (b"\x1f\x8b", ARCHIVE), (b"BZh", ARCHIVE), (b"\xfd7zXZ", ARCHIVE),
    (b"\x09\0\x04\0", OLD_EXCEL), (b"\x09\x02\x06\0", OLD_EXCEL), (b"\x09\x04\x06\0", OLD_EXCEL),
    (b"\x09\x08\x08\0\0\x05", OLD_EXCEL),
    (b"MZ", PROGRAM), (b"\x7fELF", PROGRAM), (b"SQLite format 3\0", PROGRAM), (b"MOXCEL", TABLE_OF_1C),
)  # fmt: skip
BLOCK = re.compile(r"(?:\bл\W{0,2}с\b|\bлиц\w*\W+сч\w*)\W*(?:№|N|номер)?\W*[0-9][0-9-]{3,}", re.IGNORECASE)
MARKS_OF_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
HEIC = re.compile(rb"....ftyp(?:heic|heix|heim|mif1|msf1|avif)", re.DOTALL)
DATED = re.compile(r"\d{2}[-./]\d{2}[-./]\d{4};\d{2}[-:]\d{2}(?:[-:]\d{2})?;")  # how payments begin
LABELS = re.compile(r";\s*(?:CLIENTNO|method_pay|CounterVal_\d+|FIO_PAYER)\s*:", re.IGNORECASE)
PAID_TITLE = re.compile(
    r"(?:дата|время|сумма|номер|код|способ|канал)(?: и время)? "
    r"(?:платежа|оплаты|операции|перевода|зачисления|поступления|внесения)"
    r"|комиссия(?: банка| банку)?|(?:сумма )?к перечислению"
)
PAID_DAY = re.compile(r"(?:дата|время|день)(?: и время)? (?:платежа|оплаты|операции|зачисления|внесения)")
READ = re.compile(r"показани[ейя]|предыдущ\w* показ|текущ\w* показ|pokaz")
TOTALS = {"итого", "всего", "итог", "total", "itogo"}  # may be of cubic metres, too, if no roubles are named
BARE = TOTALS | {"сумма", "summa", "sum", "sum1", "amount"}  # may be of what was paid, too
SUMS = ("amount_due", "amount_charged")
SIDE_BY_SIDE = (
    "В файле рядом стоят две таблицы: номера счетов и суммы — в двух столбцах. Поставьте одну таблицу под "
    "другой и загрузите файл снова."
)
PAID_HEADING = re.compile(
    r"реестр\s+(?:принятых\s+|поступивших\s+)?(?:платежей|оплат\b|оплаты|переводов|зачислений)",
    re.IGNORECASE,
)
QUESTIONS = re.compile(r"\?{2,}")
RUSSIAN = re.compile("[А-Яа-яЁё]")
CODE = re.compile(r"\\u04[0-9a-f]{2}|&#x?(?:10[0-9]{2}|110[0-9]|4[0-5][0-9a-f]);", re.IGNORECASE)
FEW = 20  # signs or codes
GAP = re.compile(r"\S {2,}(?=\S)")
CONTROLS = re.compile(r"[\x01-\x08\x0e-\x19\x1b-\x1f\x7f-\x84\x86-\x9f]")
NOISE = 0.03  # of the characters of a text are such, at most


def refuse_bytes(head: bytes) -> None:
    """Raises UnreadableFileError if the first bytes are of something that holds no table."""
    if not head.strip(b"\0\x1a \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise UnreadableFileError(EMPTY)
    for magic, sentence in MAGIC:
        if head.startswith(magic):
            raise UnreadableFileError(sentence)
    if _is_utf_32(head[:400]):
        raise UnreadableFileError(UTF_32)
    if HEIC.match(head) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        raise UnreadableFileError(PICTURE)
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        raise UnreadableFileError(PICTURE)


def _is_utf_32(head: bytes) -> bool:
    """Whether bytes are text of four bytes a letter, with a mark or without one."""
    whole = head[: len(head) // 4 * 4]
    for name, high in (("utf-32-le", (whole[2::4], whole[3::4])), ("utf-32-be", (whole[0::4], whole[1::4]))):
        if not any(map(any, high)) or whole.startswith(MARKS_OF_UTF_32):
            try:
                text = whole.decode(name).removeprefix("\ufeff")
            except UnicodeDecodeError:
                continue
            if len(text) > 3 and all(letter.isprintable() or letter in "\t\r\n" for letter in text):
                return True
    return False


def refuse_text(text: str) -> None:
    """Raises UnreadableFileError if the beginning of a text is of something that holds no charges."""
    text = text.rstrip("\0\x1a")  # which pad the last block of a DOS file
    bare = text.lstrip("\ufeff \t\r\n")
    lower = bare[:2000].lower()
    if lower.startswith("mime-version:") and "multipart/related" in lower:  # a page with its pictures
        raise UnreadableFileError(WEB_PAGE)
    if lower.startswith("1cclientbankexchange"):
        raise UnreadableFileError(STATEMENT)
    if lower.startswith(("{", "[")) and '":' in lower.replace(" ", ""):
        raise UnreadableFileError(JSON)
    if _is_payments(bare):
        raise UnreadableFileError(PAYMENTS)
    letters = len(RUSSIAN.findall(text))
    if sum(map(len, QUESTIONS.findall(text))) > max(FEW, letters):
        raise UnreadableFileError(NO_LETTERS)
    if len(CODE.findall(text)) > max(FEW, letters):
        raise UnreadableFileError(CODES)
    if len(CONTROLS.findall(text)) > NOISE * len(text) or text.count("\0") * 2 > len(text):
        raise UnreadableFileError(BINARY)


def refuse_report(rows: Iterable[str]) -> None:
    """Raises UnreadableFileError if rows without a column of accounts are blocks below «л/с №7012345678»."""
    filled = [row for row in rows if row.strip(" ;\t,|\r\n")]
    blocks = sum(bool(BLOCK.search(row)) for row in filled)
    if blocks > 1 and blocks * 5 < len(filled) * 3:
        raise UnreadableFileError(REPORT)


def refuse_aligned(lines: Iterable[str]) -> None:
    """Raises UnreadableFileError if the columns of a text are lined up by spaces alone."""
    filled = [line for line in lines if line.strip()]
    if sum(len(GAP.findall(line.strip())) > 1 for line in filled) * 2 > len(filled):
        raise UnreadableFileError(ALIGNED)


def _is_payments(text: str) -> bool:
    """Whether rows without titles are payments: each dated and timed, or with labels of a bank."""
    lines = [line for line in text.splitlines()[:20] if line.strip() and not line.startswith(("#", "="))]
    paid = sum(bool(DATED.match(line) or LABELS.search(line)) for line in lines)
    return paid * 2 > len(lines) and paid > 0


def refuse_titles(titles: Sequence[str], above: str = "", names: Sequence[str | None] = ()) -> None:
    """Raises UnreadableFileError if a table with these titles and a heading is of payments or meters.

    `names` are our fields for its columns. One title is enough where only what was paid stands beside it, or
    a day of payment beside a sum of which no title says what it is.
    """
    folded = list(map(fold, titles))
    twice = {name for title in folded if folded.count(title) > 1 and (name := (field_of(title) or [""])[0])}
    if {"account", "address"} <= twice and not twice.isdisjoint(SUMS):
        raise UnreadableFileError(SIDE_BY_SIDE)
    places = [place for place, name in enumerate(names) if name and name.startswith(SUMS)]
    sums = {folded[place] for place in places}
    roubles = any("₽" in titles[place] or UNITS.search(titles[place].lower()) for place in places)
    if "account" in names and any(map(READ.search, folded)) and sums <= TOTALS and not roubles:
        raise UnreadableFileError(READINGS)
    paid = {title for title in folded if PAID_TITLE.fullmatch(title)}
    only_paid = "amount_paid" in names and not sums
    if sums and sums <= BARE and "account" in names and any(map(PAID_DAY.fullmatch, folded)):
        raise UnreadableFileError(PAYMENTS)
    if PAID_HEADING.search(above) or len(paid) >= (1 if only_paid else 2):
        raise UnreadableFileError(PAYMENTS)
