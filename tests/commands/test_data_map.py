"""`flask --app wsgi data-map`: the map of data as a document, with this installation's terms."""

import csv

import pytest
from flask import Flask

from cabinet.models.data_map.reading import data_map


def written(app: Flask, *options: str) -> str:
    result = app.test_cli_runner().invoke(args=["data-map", *options])
    assert result.exit_code == 0
    return result.output


@pytest.mark.settings(messages_kept=10 * 86400, codes_kept=36 * 3600, session_idle=90)
def test_as_a_document_it_has_every_table_with_the_terms_that_are_set(app: Flask) -> None:
    text = written(app)
    assert all(f"## {name}\n" in text for name in data_map())
    for said in (
        "10 сут. после отправки",
        "Хранится: 36 ч.",
        "до 90 с без действий",
        "да: accounts.charges.due",
    ):
        assert said in text
    assert "{" not in text


def test_as_a_table_it_has_every_field_once(app: Flask) -> None:
    text = written(app, "--format", "csv")
    assert text.startswith("\ufeff")
    titles, *rows = csv.reader(text.removeprefix("\ufeff").splitlines(), delimiter=";")
    fields = [(table.name, name) for table in data_map().values() for name in ("", *table.columns)]
    assert [(row[0], row[1]) for row in rows] == fields
    found = {(row[0], row[1]): dict(zip(titles, row, strict=True)) for row in rows}
    assert found["consent", "ip"]["При удалении жителя"] == "стирается"
    assert found["user", "password_hash"]["В выгрузке жителя"] == "нет: тайна входа"
    assert found["audit", ""]["При удалении жителя"].startswith("остаётся: ")
