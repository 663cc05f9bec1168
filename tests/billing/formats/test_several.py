"""Several files, and archives of them, are one import."""

import io
import tracemalloc
import zipfile
from pathlib import Path

import peewee
import pytest
from flask import Flask

from cabinet.billing.answers import Answers
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.importer import import_billing
from cabinet.commands.billing import billing_cli
from cabinet.models import ImportBatch, base
from cabinet.models.database import db
from config import ROOT
from tests.billing.files import stored
from tests.billing.formats import gis_writers, writers
from tests.billing.formats.truth import PERIOD, homes, state

TRUTH = homes()
BOTH = ("address", "last_name", "first_name", "middle_name", "amount_due", "amount_charged")


def unpacked() -> list[Path]:
    return list((ROOT / base.settings().imports_folder).glob("*.unpacked-*"))


def archive(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        for name, content in members.items():
            made.writestr(name.replace("_", "."), content)
    return path


def test_an_archive_is_one_import(database: peewee.Database, tmp_path: Path) -> None:
    report = import_billing(writers.zipped(tmp_path / "a.zip", TRUTH))
    assert report.tally.complete and report.accepted == len(TRUTH)
    assert stored() == state(TRUTH, *BOTH)
    assert [batch.name for batch in ImportBatch.select()] == ["a.zip"]
    assert not unpacked()


def test_files_of_different_formats_are_one_month(database: peewee.Database, tmp_path: Path) -> None:
    files = [writers.csv(tmp_path / "a.csv", TRUTH[:15]), writers.xlsx(tmp_path / "b.xlsx", TRUTH[15:])]
    assert import_billing(files).accepted == len(TRUTH)
    assert stored() == state(TRUTH, *BOTH)


def test_a_rejected_row_is_told_by_its_file(database: peewee.Database, tmp_path: Path) -> None:
    first, second = writers.csv(tmp_path / "a.csv", TRUTH[:15]), writers.csv(tmp_path / "b.csv", TRUTH[15:])
    lines = second.read_text(encoding="utf-8").splitlines()
    lines[3] = lines[3].replace(writers.MONTH, "?")
    second.write_text("\n".join(lines), encoding="utf-8")
    report = import_billing([first, second])
    assert [(reject.line, reject.reason.split(":")[0]) for reject in report.rejects] == [(4, "b.csv")]
    assert report.tally.complete


def test_files_that_say_different_things_are_refused(database: peewee.Database, tmp_path: Path) -> None:
    files = [writers.csv(tmp_path / "a.csv", TRUTH[:15]), writers.sberbank(tmp_path / "b.txt", TRUTH[15:])]
    with pytest.raises(UnreadableFileError, match="разного вида"):
        import_billing(files, answers=Answers(period=PERIOD))
    assert stored() == ({}, {})


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({}, "нет файлов"),
        ({"a_zip": b"PK\x05\x06" + bytes(18)}, "a.zip: В архиве нет файлов"),
        ({"a_zip": b"PK\x03\x04" + bytes(18)}, "a.zip: .* повреждены"),
        ({f"a{n}_csv": b"x" for n in range(51)}, "больше 50"),
        ({"a_pdf": b"%PDF-1.7"}, "Это PDF"),
        ({"a_pdf": b"%PDF-1.7", "b_txt": b"x"}, "a.pdf: Это PDF"),
        ({"a_csv": b"%PDF-1.7", "b_csv": b"x"}, "a.csv: Это PDF"),
        ({"a_csv": b"", "b_csv": b"x"}, "a.csv: Файл пуст"),
    ],
    ids=["empty", "nested", "damaged", "many", "pdf", "nothing else", "called a table", "one empty"],
)
def test_archives_that_are_refused(
    database: peewee.Database, tmp_path: Path, members: dict[str, bytes], words: str
) -> None:
    with pytest.raises(UnreadableFileError, match=words):
        import_billing(archive(tmp_path / "a.zip", **members))
    assert not unpacked()


def packed(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name.replace("_", "."), content)
    return out.getvalue()


def test_archives_inside_an_archive_are_one_import(database: peewee.Database, tmp_path: Path) -> None:
    parts = [writers.csv(tmp_path / "x", TRUTH[place::3]).read_bytes() for place in range(3)]
    file = archive(
        tmp_path / "a.zip",
        a_zip=packed(month_csv=parts[0]),
        b_zip=packed(c_zip=packed(month_csv=parts[1])),
        c_csv=parts[2].replace(TRUTH[2].account.encode(), "неизвестно".encode()),
    )
    report = import_billing(file, max_rejects=50)
    assert report.tally.complete and report.accepted == len(TRUTH) - 1
    assert [reject.reason.split(":")[0] for reject in report.rejects] == ["c.csv"]
    assert not unpacked()


@pytest.mark.parametrize(
    ("inner", "words"),
    [
        (packed(b_zip=packed(c_zip=packed(d_csv=b"x"))), "a.zip: b.zip: c.zip: .*слишком глубоко"),
        (packed(b_zip=packed(**{f"a{n}_csv": b"x" for n in range(30)}), c_zip=packed(
            **{f"a{n}_csv": b"x" for n in range(30)})), "больше 50"),
        (packed(b_csv=bytes(40 << 20)), "неправдоподобно"),
    ],
    ids=["deep", "many", "bomb"],
)  # fmt: skip
def test_archives_inside_an_archive_are_limited(
    database: peewee.Database, tmp_path: Path, inner: bytes, words: str
) -> None:
    with pytest.raises(UnreadableFileError, match=words):
        import_billing(archive(tmp_path / "a.zip", a_zip=inner))
    assert not unpacked()


def test_archives_inside_one_another_are_not_larger_than_one_may_be(
    database: peewee.Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cabinet.billing.archive.LARGEST", 3000)
    with pytest.raises(UnreadableFileError, match="неправдоподобно"):
        import_billing(archive(tmp_path / "a.zip", a_zip=packed(b_csv=bytes(2000)), c_csv=bytes(1500)))
    assert not unpacked()


def test_a_bomb_is_refused_before_it_is_unpacked(database: peewee.Database, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.csv", bytes(40 << 20))
    with pytest.raises(UnreadableFileError, match="неправдоподобно"):
        import_billing(tmp_path / "a.zip")


@pytest.mark.parametrize(
    "members", [["mimetype", "a.csv"], ["xl/workbook.xml", "xl/_rels/workbook.xml.rels"]]
)
def test_a_bomb_is_not_unpacked_to_tell_what_it_is(
    database: peewee.Database, tmp_path: Path, members: list[str]
) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as made:
        for member in members:
            made.writestr(member, bytes(40 << 20))
    tracemalloc.start()
    with pytest.raises(UnreadableFileError, match="неправдоподобно"):
        import_billing(tmp_path / "a.zip")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10 << 20


def test_a_locked_archive_is_refused(database: peewee.Database, tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("a.csv", b"x")
    data = bytearray(out.getvalue())
    data[6] |= 1  # of the member
    data[data.index(b"PK\x01\x02") + 8] |= 1  # of the directory
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(UnreadableFileError, match="паролем"):
        import_billing(tmp_path / "a.zip")


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    "write",
    [writers.sberbank, writers.gorod, writers.xlsx, writers.xls, writers.ods, writers.dbf, writers.platezhki,
     writers.zipped, gis_writers.gis_els],
    ids=lambda write: write.__name__,
)  # fmt: skip
def test_the_command_line_takes_them_all(database: peewee.Database, tmp_path: Path, write) -> None:  # type: ignore[no-untyped-def]
    file = write(tmp_path / "file", TRUTH)
    app = Flask("wsgi")
    app.cli.add_command(billing_cli)
    db.close()  # commands open their own
    done = app.test_cli_runner().invoke(args=["billing", "import", "--period", f"{PERIOD:%Y-%m}", str(file)])
    assert done.exit_code == 0, done.output
    with db.connection_context():
        assert len(stored()[0]) == len(TRUTH)


def test_the_command_line_asks_for_the_month(database: peewee.Database, tmp_path: Path) -> None:
    file = writers.sberbank(tmp_path / "a.txt", TRUTH)
    app = Flask("wsgi")
    app.cli.add_command(billing_cli)
    db.close()
    asked = app.test_cli_runner().invoke(args=["billing", "import", str(file)])
    assert asked.exit_code == 2 and "За какой расчётный период" in asked.output


LETTER = "Добрый день!\n\nНаправляем вам, как договаривались, начисления, всего 40 счетов.\nС уважением, Анна"
BESIDE = {
    "readme.txt": LETTER.encode(),
    "Прочти меня.txt": LETTER.encode("cp1251"),
    "реестр.pdf": b"%PDF-1.7\n",
    "скан.jpg": b"\xff\xd8\xff\xe0" + bytes(50),
    "письмо.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument\0".encode("utf-16-le"),
    "a.csv.sig": bytes(range(256)) * 4,
    "пустой.txt": b"",
    "сайт.url": b"[InternetShortcut]\r\nURL=https://example.ru/\r\n",
    "index.html": b"<html><body>x</body></html>",
}
HIDDEN = ("__MACOSX/._a.csv", "a/Thumbs.db", ".DS_Store", "desktop.ini", "a/._b.csv")


def test_what_lies_beside_the_tables_of_an_archive_is_left_out_and_said(
    database: peewee.Database, tmp_path: Path
) -> None:
    file = writers.zipped(tmp_path / "a.zip", TRUTH)
    with zipfile.ZipFile(file, "a") as made:
        for name, content in {**BESIDE, **dict.fromkeys(HIDDEN, b"\0\1")}.items():
            made.writestr(name, content)
    report = import_billing(file)
    assert report.tally.complete and report.accepted == len(TRUTH)
    assert stored() == state(TRUTH, *BOTH)
    assert sorted(report.layout.left_out) == sorted(BESIDE)


@pytest.mark.parametrize("name", ["a.xlsx", "b.csv", "c.dbf", "данные.txt"])
def test_a_damaged_table_of_an_archive_is_not_left_out(
    database: peewee.Database, tmp_path: Path, name: str
) -> None:
    file = writers.zipped(tmp_path / "a.zip", TRUTH)
    with zipfile.ZipFile(file, "a") as made:
        made.writestr(name, "7012345678 100,00\n7012345679 200,00\n" * 5)
    with pytest.raises(UnreadableFileError):
        import_billing(file)
    assert stored() == ({}, {})
