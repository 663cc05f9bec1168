"""Brings unusual punctuation of delimited text into the usual form, before it is split."""

import re
from collections.abc import Callable, Iterable, Sequence

MARK = "\ufeff"  # stands where files were put together
WHOLE = re.compile(r'^"((?:[^"\r\n]|"")*)"(?=\r?$)', re.MULTILINE)


class Usual:
    """Rewrites text as `lines`, some of it, show to be needed.

    Quotes after a space (`"a", "b"`) are no quotes to CSV, and single ones (`'a';'b'`) are none at all. Where
    a table was quoted a second time (`"a;""b"";c"`) each line is a single cell.
    """

    def __init__(self, lines: Sequence[str] = ()) -> None:
        self.rules: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = []
        bare = [line.strip() for line in lines if line.strip()]
        if _most(WHOLE.fullmatch(line) and any(map(line.__contains__, ";,\t|")) for line in bare):
            self.rules.append((WHOLE, lambda line: line[1].replace('""', '"')))
        if _most("│" in line for line in bare if "║" in line):  # frames of two kinds
            self.rules.append((re.compile("║"), "│"))
        for delimiter in ";,\t|":
            d = re.escape(delimiter)
            if _most(re.search(rf'"{d} +"', line) is not None for line in bare):
                self.rules.append((re.compile(rf'(?<={d}) +(?=")'), ""))
            if _most(f"'{delimiter}'" in line and line[0] == line[-1] == "'" for line in bare):
                self.rules.append((re.compile(rf"(?:^|(?<={d}))'|'(?={d}|\r?$)", re.MULTILINE), ""))

    def __call__(self, text: str) -> str:
        """The text in its usual form, with as many lines."""
        if MARK in text:
            text = text.replace(MARK, "")
        for pattern, usual in self.rules:
            text = pattern.sub(usual, text)
        return text


def _most(found: Iterable[object]) -> bool:
    """Whether it is so of more than half, and of two lines at least."""
    each = list(map(bool, found))
    return sum(each) * 2 > len(each) > 1
