"""Write `cabinet/passwords/common.txt.gz`: the passwords too common to be accepted.

From the leaked passwords that come with zxcvbn (in requirements-dev.txt) and `tools/russian_words.txt` with
their transliterations. The result depends on these alone: the same input gives the same bytes.

    python tools/make_common_passwords.py
"""

import gzip
import sys
from pathlib import Path

from zxcvbn.frequency_lists import FREQUENCY_LISTS

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cabinet.passwords.spelling import normal

WORDS = ROOT / "tools" / "russian_words.txt"
RESULT = ROOT / "cabinet" / "passwords" / "common.txt.gz"
SHORTEST = 4  # shorter stems are too many words' beginnings
LONGEST = 32

CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
LATIN = """
a b v g d e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya
a b v g d e zh z i i k l m n o p r s t u f h c ch sh sch - y - e u ia
a b v g d e j z i j k l m n o p r s t u f h c ch sh sh - y - e ju ja
"""


def russian_words() -> set[str]:
    """The words of the text file and how they are written in Latin letters."""
    lines = WORDS.read_text(encoding="utf-8").splitlines()
    words = {word for line in lines if not line.startswith("#") for word in line.split()}
    tables = [dict(zip(CYRILLIC, line.split(), strict=True)) for line in LATIN.strip().splitlines()]
    latin = {"".join(t[c].replace("-", "") for c in word) for word in words for t in tables}
    return words | latin


def main() -> None:
    """Rebuild the file and print how much it holds."""
    every = {normal(word) for word in [*FREQUENCY_LISTS["passwords"], *russian_words()]}
    kept = sorted(w.encode() for w in every if SHORTEST <= len(w) <= LONGEST and not set(w) & set("\r\n"))
    text = b"".join(word + b"\n" for word in kept)
    RESULT.write_bytes(gzip.compress(text, 9, mtime=0))
    long = sum(len(word.decode()) >= 8 for word in kept)
    print(f"{len(kept)} entries, {long} of 8 characters or more, {RESULT.stat().st_size} bytes packed")


if __name__ == "__main__":
    main()
