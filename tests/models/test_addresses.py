"""Addresses are compared part by part: what is not certainly one flat is never taken for one."""

import csv
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from peewee import Database

from cabinet.models import Account, ConnectionRequest, RequestNote
from cabinet.models.address import MAYBE, NO, SURE, compare, parse, typed
from cabinet.models.database import db
from tests.models.matched import match_requests
from tests.models.spellings import form, line, neighbour, some
from tests.properties import UNTIMED
from tests.requests.conftest import make

VERDICTS = {"match": SURE, "proposal": MAYBE, "no": NO}
FIELDS = ("city", "street", "house", "building", "flat")
with (Path(__file__).parent / "addresses.tsv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
WORDS = (
    "г. ул. пер. пр-кт д. корп. стр. лит. кв. ком. пом. мкр снт обл р-н п. с. б/н нет подъезд этаж ( ) , - / "
    "№ 1 2 5 17 20А 3/2 50-летия 1-я XX Химки Садовая Новая Октября А Б к к2 Б. им. ак. Ленина"
)

seeds = st.integers(0, 2**32)
lines = st.lists(st.sampled_from(WORDS.split()), max_size=14).map(" ".join)


@pytest.mark.parametrize("row", ROWS, ids=[f"line-{number}" for number in range(2, len(ROWS) + 2)])
def test_addresses_of_the_field(row: dict[str, str]) -> None:
    request, billed = typed(*(row[name] for name in FIELDS)), parse(row["billing"])
    assert compare(request, billed) == compare(billed, request) == VERDICTS[row["verdict"]]


def test_only_certain_matches_invite_and_likely_ones_are_noted(database: Database) -> None:
    for row in ROWS:
        with db.atomic():
            for model in (RequestNote, ConnectionRequest, Account):
                model.delete().execute()
            Account.create(number="555", printed="555-1", address=row["billing"])
        request = make(**{name: row[name] for name in FIELDS}, account="", account_key="")
        assert match_requests() == (row["verdict"] == "match"), row
        matched = ConnectionRequest.get_by_id(request.id).matched_account
        assert matched == ("555" if row["verdict"] == "match" else None), row
        said = [note.text.startswith("Возможно, это лицевой счёт 555-1") for note in request.notes()]
        assert said == {"match": [False], "proposal": [True], "no": []}[row["verdict"]], row


@UNTIMED
@given(st.text(max_size=200) | lines)
def test_any_text_is_taken_apart(text: str) -> None:
    assert compare(parse(text), parse(text)) in (NO, MAYBE, SURE)


@UNTIMED
@given(*[st.text(max_size=30) | lines] * 5)
def test_anything_may_be_typed(city: str, street: str, house: str, building: str, flat: str) -> None:
    one = typed(city, street, house, building, flat)
    assert compare(one, one) in (NO, MAYBE, SURE)


def test_of_each_field_the_first_hundred_signs_are_read() -> None:
    house = typed("Клин", "Дачная", "1" * 101, "2" * 101, "3" * 101).house
    assert (house.number, house.parts, house.flat) == ("1" * 100, {("", "2" * 100)}, "3" * 100)


@UNTIMED
@given(lines, lines)
def test_comparing_knows_no_order(one: str, other: str) -> None:
    assert compare(parse(one), parse(other)) == compare(parse(other), parse(one))


@UNTIMED
@given(seeds)
def test_an_address_is_itself_in_every_spelling(seed: int) -> None:
    rng = Random(seed)
    truth = some(rng)
    fields, one, other = form(truth, rng), line(truth, rng), line(truth, rng)
    assert compare(typed(*fields), parse(one)) == SURE, (fields, one)
    assert compare(parse(one), parse(other)) == SURE, (one, other)


@UNTIMED
@given(seeds)
def test_a_neighbour_is_somebody_else_in_every_spelling(seed: int) -> None:
    rng = Random(seed)
    truth = some(rng)
    fields, other = form(truth, rng), line(neighbour(truth, rng), rng)
    assert compare(typed(*fields), parse(other)) == NO, (fields, other)


def test_of_2000_pairs_of_different_flats_none_is_certainly_one() -> None:
    rng = Random(2000)
    for _ in range(2000):
        truth = some(rng)
        other = some(rng)
        if rng.random() < 0.5 or other == truth:
            other = neighbour(truth, rng)
        fields, text = form(truth, rng), line(other, rng)
        assert compare(typed(*fields), parse(text)) != SURE, (fields, text)


def test_a_street_of_a_number_alone_is_one() -> None:
    asked = typed("Клин", "8", "5", "", "1")
    assert compare(asked, parse("г. Клин, ул. 8, д. 5, кв. 1")) == SURE
    assert compare(asked, parse("г. Клин, ул. 7, д. 5, кв. 1")) == NO


@pytest.mark.parametrize(
    ("city", "street", "verdict"),
    [
        ("Клин", "Дачная", SURE),
        ("Клин (город)", "Дачная", MAYBE),
        ("Клин", "Дачная (бывш. Лесная)", MAYBE),
        ("Клин, ул. Лесная", "Дачная", MAYBE),
        ("Клин", "Лесная", NO),
    ],
)
def test_what_is_said_beside_a_name_makes_it_less_certain(city: str, street: str, verdict: int) -> None:
    assert compare(typed(city, street, "5", "", ""), parse("г. Клин, ул. Дачная, д. 5")) == verdict


def test_of_a_place_and_a_street_two_hundred_signs_are_read() -> None:
    found = typed("а" * 201, "б" * 201, "", "", "")
    assert [list(words) for words in (found.places[0].words, found.street)] == [["а" * 200], ["б" * 200]]
