"""Tells the rows below headings such as «Закрытые лицевые счета», which may be of nobody any more."""

import re
from bisect import bisect_left
from collections.abc import Sequence

_OF = r"(?:(?:лицев|сч[её]т|л/?с\b|абонент|договор|помещени|квартир|жил|собственник)|\W*$)"
_CLOSED = r"(?:(?:не ?действующи|неактивн|закрыт|архивн|архив|расторгнут|выбывш)\w*|снят\w* с уч[её]та)"
CLOSED = re.compile(
    rf"\W*(?:список )?{_CLOSED}\W+{_OF}|\W*{_CLOSED}\W*$"
    rf"|\W*(?:лицевые )?(?:сч[её]та|абоненты|договоры)\W+{_CLOSED}",
    re.IGNORECASE,
)
OPEN = re.compile(rf"\W*(?:список )?(?:действующи|активн|открыт)\w*\W+{_OF}", re.IGNORECASE)
LONGEST = 100  # characters of such a heading


def begins_section(cells: Sequence[str]) -> bool:
    """Whether nothing but such a heading stands in a line, of closed accounts or of others."""
    filled = [cell for cell in cells if cell]
    return len(filled) == 1 and len(filled[0]) <= LONGEST and any(p.match(filled[0]) for p in (CLOSED, OPEN))


class Sections:
    """The headings in the order of their lines, and whether what follows each is closed."""

    def __init__(self) -> None:
        self.lines: list[int] = []
        self.states: list[bool] = []

    def note(self, cells: Sequence[str], line: int) -> None:
        """Take note of a line that is of no account."""
        if begins_section(cells):
            self.lines.append(line)
            self.states.append(any(map(CLOSED.match, cells)))

    def closed(self, lines: Sequence[int]) -> int:
        """How many of these lines stand below a heading of closed accounts, before any other heading."""
        if not any(self.states):
            return 0
        starts = [*(bisect_left(lines, line) for line in self.lines), len(lines)]
        return sum(starts[place + 1] - starts[place] for place, closed in enumerate(self.states) if closed)
