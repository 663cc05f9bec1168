"""The map of data is of the tables as they are, and of the settings as they are."""

from pathlib import Path

import pytest
from peewee import Database

from cabinet.models.data_map import reading
from cabinet.models.data_map.reading import Column, Table, data_map
from config import Settings
from config_terms import Terms

MAP = data_map()
ON_DISK = {name: table for name, table in MAP.items() if name.startswith("folder ")}
TABLES_OF_IT = {name: table for name, table in MAP.items() if name not in ON_DISK}
WITHOUT_ROWS = "schema_migration"  # its columns are the migrations' own affair


def test_it_has_every_table_and_column_of_the_database_and_no_other(database: Database) -> None:
    assert sorted(TABLES_OF_IT) == sorted(database.get_tables())
    for name, table in TABLES_OF_IT.items():
        if name != WITHOUT_ROWS:
            columns = {column.name for column in database.get_columns(name)}
            assert set(table.columns) == columns, name


def test_its_folders_are_those_of_the_settings() -> None:
    folders = {f"folder {name.upper()}" for name in Settings.__dataclass_fields__ if name.endswith("_folder")}
    assert set(ON_DISK) == folders


def test_each_term_is_a_setting_and_each_setting_of_terms_is_in_it() -> None:
    named = {term for table in MAP.values() for term in table.terms}
    assert named <= set(Settings.__dataclass_fields__)
    assert set(Terms.__dataclass_fields__) <= named


@pytest.mark.parametrize("table", MAP.values(), ids=list(MAP))
def test_every_table_says_all_of_it(table: Table) -> None:
    assert table.whose and table.what and table.kept
    assert table.erased in ("deleted", "kept", "none")
    assert table.erased != "kept" or table.why, "what stays says why"
    assert table.terms or "пока" in table.kept or "без срока" in table.kept or "последние" in table.kept
    for name, column in table.columns.items():
        assert column.what, name
        assert column.erased in ("", "emptied", "kept")
        assert column.erased != "kept" or column.why, name


def test_what_is_about_residents_is_in_their_download_or_says_why_not() -> None:
    columns = {
        f"{table.name}.{name}": column
        for table in MAP.values()
        if table.whose.startswith(("жители", "плательщики"))
        for name, column in table.columns.items()
    }
    assert len(columns) > 100
    assert not [name for name, column in columns.items() if bool(column.export) == bool(column.hidden)]


SAID = """
[one]
whose = "жителя"
what = "таблица"
kept = "{EVENTS_KEPT} и {AUDIT_KEPT}"
erased = "deleted"
hidden = "служебное"
columns.id = "номер"
columns.name = {what = "имя", export = "profile", erased = "emptied"}
columns.key = {what = "ключ", hidden = "секрет"}
columns.ip = {what = "адрес", erased = "kept", why = "закон"}

[other]
whose = "никого"
what = "другая"
kept = "всегда"
erased = "none"
columns.id = "номер"
"""


def test_a_table_says_for_its_columns_what_they_do_not_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "some.toml").write_text(SAID, encoding="utf-8")
    monkeypatch.setattr(reading, "FOLDER", tmp_path)
    one, other = data_map().values()
    assert one.columns == {
        "id": Column("номер", hidden="служебное"),
        "name": Column("имя", export="profile", erased="emptied"),
        "key": Column("ключ", hidden="секрет"),
        "ip": Column("адрес", hidden="служебное", erased="kept", why="закон"),
    }
    assert [one.erasure_of(name) for name in one.columns] == ["deleted", "emptied", "deleted", "kept"]
    assert one.terms == ["events_kept", "audit_kept"] and other.terms == []
    assert (other.name, other.columns) == ("other", {"id": Column("номер")})
