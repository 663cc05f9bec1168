"""Damaged files never raise anything unforeseen, and every line of what can be read is accounted for."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from cabinet.billing.answers import Answers
from cabinet.billing.batches import Reject
from cabinet.billing.errors import UnreadableFileError
from cabinet.billing.recognition import open_files
from cabinet.billing.source import Source
from cabinet.models import base
from config import Settings
from tests.billing.formats import gis_writers, writers
from tests.billing.formats.truth import PERIOD, Home, homes

WRITERS: list[Callable[[Path, list[Home]], Path]] = [
    writers.sberbank, writers.new_sberbank, writers.gorod, writers.xlsx, writers.xls, writers.ods,
    writers.dbf, writers.platezhki, writers.page, writers.xml_2003, gis_writers.gis_accounts,
    gis_writers.gis_els, writers.zipped,
]  # fmt: skip


def damaged(data: bytes, chance: random.Random) -> bytes:
    """A file that was cut off, or in which bits, bytes, or pieces are wrong."""
    kind, place = chance.randrange(4), chance.randrange(len(data))
    if kind == 0:
        return data[:place]
    changed = bytearray(data)
    if kind == 1:
        for _ in range(chance.randrange(1, 20)):
            changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    elif kind == 2:
        changed[place : place + chance.randrange(1, 200)] = chance.randbytes(chance.randrange(200))
    else:
        changed[place:place] = changed[: chance.randrange(1, 2000)]
    return bytes(changed)


def read(path: Path) -> None:
    """Read all of a file; what can be read must be accounted for."""
    rejected: list[Reject] = []
    try:
        source = Source(path, path.name, Answers(period=PERIOD), reject=rejected.append)
        with open_files([source]) as parts:
            for reader in parts:
                before = len(rejected)
                rows = sum(len(batch.numbers) for batch in reader)
                assert reader.tally.complete, reader.tally
                assert (reader.tally.accepted, reader.tally.rejected) == (rows, len(rejected) - before)
    except UnreadableFileError as error:
        assert str(error)


@pytest.mark.sample(4)
@pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)
@pytest.mark.parametrize("count", [15, pytest.param(150, marks=pytest.mark.slow)])
def test_damage(tmp_path: Path, write: Callable[..., Path], count: int) -> None:
    base.configure(Settings(testing=True, imports_folder=str(tmp_path)))
    data = write(tmp_path / "whole", homes(60)).read_bytes()
    for seed in range(count):
        file = tmp_path / "damaged"
        file.write_bytes(damaged(data, random.Random(f"{write.__name__}{seed}")))
        try:
            read(file)
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error


def test_a_member_that_ends_too_early_is_told_in_words(tmp_path: Path) -> None:
    """The archive's directory is whole, so only reading the member meets the end of the file."""
    base.configure(Settings(testing=True, imports_folder=str(tmp_path)))
    data = writers.ods(tmp_path / "whole", homes(60)).read_bytes()
    (tmp_path / "damaged").write_bytes(damaged(data, random.Random("ods937")))
    source = Source(tmp_path / "damaged", "x.ods", Answers(period=PERIOD))
    with pytest.raises(UnreadableFileError), open_files([source]):
        pass
