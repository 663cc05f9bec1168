"""Writes the truth as the programs of this trade do."""

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter
import xlwt

from tests.billing.formats.dbf_table import records
from tests.billing.formats.truth import PERIOD, Home, roubles

MONTH = f"{PERIOD:%m.%Y}"
NAMES = ("last_name", "first_name", "middle_name")
TITLES = (
    "№ лицевого счёта",
    "Расчётный период",
    "Адрес",
    "Фамилия",
    "Имя",
    "Отчество",
    "К оплате, руб.",
    "Начислено",
)


def sberbank(path: Path, homes: Sequence[Home], encoding: str = "cp1251") -> Path:
    """ФИО;адрес;ЛС;сумма."""
    lines = (f"{h.name};{h.address};{h.account};{roubles(h.due, ',')}\r\n" for h in homes)
    path.write_bytes("".join(lines).encode(encoding))
    return path


def new_sberbank(path: Path, homes: Sequence[Home], encoding: str = "utf-8") -> Path:
    """ФИО;ЕЛС;ФИАС;адрес;ЛС;сумма."""
    lines = (f"{h.name};{h.els};{h.fias};{h.address};{h.account};{roubles(h.due)}\n" for h in homes)
    path.write_bytes("".join(lines).encode(encoding))
    return path


def gorod(path: Path, homes: Sequence[Home], services: int = 1, total: int | None = None) -> Path:
    """Three lines of its own, then a row for each service."""
    named = ("Содержание", "Отопление", "Домофон")[:services]
    lines = []
    for h in homes:
        kind, _, street = h.street.partition(". ")
        place = f"{h.city},{f'{street} {kind}' if street else h.street},{h.house},{h.flat}"
        for n, service in enumerate(named):
            part = h.due - h.due // services * (services - 1) if n == 0 else h.due // services
            lines.append(f"{h.name};{place};{h.account};{roubles(part)};{service}\r\n")
    whole = sum(h.due for h in homes) if total is None else total
    head = f"#FILESUM {roubles(whole)}\r\n#TYPE 7\r\n#SERVICE 4711\r\n"
    path.write_bytes((head + "".join(lines)).encode("cp1251"))
    return path


def table(homes: Sequence[Home]) -> list[list[Any]]:
    """The truth as rows of a sheet below TITLES."""
    return [
        [h.account, MONTH, h.address, h.last_name, h.first_name, h.middle_name, h.due / 100, h.charged / 100]
        for h in homes
    ]


def csv(path: Path, homes: Sequence[Home], encoding: str = "utf-8") -> Path:
    """Delimited text with titles."""
    lines = (
        f"{h.account};{MONTH};{h.address};{h.last_name};{h.first_name};{h.middle_name};{h.due / 100};"
        f"{h.charged / 100}\n"
        for h in homes
    )
    path.write_bytes((";".join(TITLES) + "\n" + "".join(lines)).encode(encoding, "replace"))
    return path


def xlsx(path: Path, homes: Sequence[Home]) -> Path:
    """A workbook of Excel."""
    return workbook(path, {"Начисления": [list(TITLES), *table(homes)]})


def workbook(path: Path, sheets: dict[str, list[list[Any]]], hidden: str = "") -> Path:
    """A workbook of Excel with these rows, numbers as numbers, and perhaps one hidden sheet."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name == hidden:
                sheet.hide()
            elif hidden:
                sheet.activate()  # Excel's first sheet is hidden only if another one is active
                sheet.set_first_sheet()
            for place, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if hasattr(cell, "isoformat"):
                        sheet.write_datetime(place, column, cell, day)
                    elif cell is not None:
                        (sheet.write_string if isinstance(cell, str) else sheet.write)(place, column, cell)
    return path


def xls(path: Path, homes: Sequence[Home]) -> Path:
    """A workbook of Excel 97."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Начисления")
    for place, row in enumerate([list(TITLES), *table(homes)]):
        for column, cell in enumerate(row):
            sheet.write(place, column, cell)
    book.save(str(path))
    return path


def ods(path: Path, homes: Sequence[Home]) -> Path:
    """A workbook of LibreOffice."""
    return ods_of(path, [list(TITLES), *table(homes)])


def ods_of(path: Path, table: Sequence[Sequence[Any]]) -> Path:
    """A workbook of LibreOffice with these rows; numbers as numbers."""

    def cell(value: object) -> str:
        if isinstance(value, float):
            return f'<table:table-cell office:value-type="float" office:value="{value!r}"/>'
        text = f"<text:p>{escape(str(value))}</text:p>"
        return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'

    rows = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in table)
    empty = '<table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row>'
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2">'
        f'<office:body><office:spreadsheet><table:table table:name="Лист1">{rows}{empty}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:'
            'manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/'
            'vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>',
        )
    return path


def page(path: Path, homes: Sequence[Home], encoding: str = "utf-8") -> Path:
    """A web page, which many programs call a workbook."""
    lines = [list(TITLES), *table(homes)]
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(str(cell))}</td>' for cell in line)}</tr>\r\n" for line in lines
    )
    head = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={encoding}"></head>'
    path.write_bytes(f"{head}<body><table border=1>{rows}</table></body></html>".encode(encoding))
    return path


def xml_2003(path: Path, homes: Sequence[Home]) -> Path:
    """«Таблица XML 2003»."""
    return xml_2003_of(path, [list(TITLES), *table(homes)])


def xml_2003_of(path: Path, lines: Sequence[Sequence[Any]], more: str = "") -> Path:
    """«Таблица XML 2003» with these rows, numbers as numbers, and `more` sheets."""

    def cell(value: object) -> str:
        kind = "Number" if isinstance(value, float) else "String"
        return f'<Cell><Data ss:Type="{kind}">{escape(str(value))}</Data></Cell>'

    rows = "".join(f"<Row>{''.join(map(cell, line))}</Row>\n" for line in lines)
    named = "urn:schemas-microsoft-com:office:spreadsheet"
    path.write_text(
        '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        f'<Workbook xmlns="{named}" xmlns:ss="{named}"><Worksheet ss:Name="Лист1"><Table>{rows}</Table>'
        f"</Worksheet>{more}</Workbook>",
        encoding="utf-8",
    )
    return path


DBF_FIELDS = (
    ("LCHET", "C", 20, 0), ("FAM", "C", 30, 0), ("IM", "C", 20, 0), ("OT", "C", 20, 0), ("ADRES", "C", 80, 0),
    ("PERIOD", "D", 8, 0), ("SUMMA", "N", 12, 2), ("NACH", "N", 12, 2),
)  # fmt: skip


def dbf(path: Path, homes: Sequence[Home], encoding: str = "cp866", language: int = 0) -> Path:
    """A table of dBASE III; `language` is the byte that should name the encoding."""
    day = f"{PERIOD:%Y%m%d}"
    names = [(h.account, h.last_name, h.first_name, h.middle_name, h.address) for h in homes]
    rows = [(*own, day, roubles(h.due), roubles(h.charged)) for own, h in zip(names, homes, strict=True)]
    return records(path, DBF_FIELDS, rows, encoding, language)


def platezhki(path: Path, homes: Sequence[Home], period: str = f"{PERIOD:%Y.%m}") -> Path:
    """XML of a regional centre."""
    items = "".join(
        f"<item platelshik={quoteattr(h.name)} nomerls={quoteattr(h.account)} "
        f"pomeshenie={quoteattr(h.address)} "
        f'nachisleno="{roubles(h.charged)}" nachalniy_ostatok="0" koplate="{roubles(h.due)}" '
        f'ediny_ls="{h.els}" id_jku_gis="{h.zhku}"><nachislenie usluga="Домофон" summa="10,50"/></item>\n'
        for h in homes
    )
    root = f' period="{period}"' if period else ""
    text = f'<?xml version="1.0" encoding="windows-1251"?>\n<platezhki{root}>\n{items}</platezhki>\n'
    path.write_bytes(text.encode("cp1251"))
    return path


def zipped(path: Path, homes: Sequence[Home]) -> Path:
    """A ZIP of two tables, each with half of the homes."""
    half = len(homes) // 2
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (("начисления 1.csv", homes[:half]), ("начисления 2.csv", homes[half:])):
            inner = csv(path.with_suffix(".part"), part)
            archive.write(inner, name)
            inner.unlink()
    return path
