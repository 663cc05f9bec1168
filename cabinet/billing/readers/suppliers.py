"""Tells whose charges stand in a file, where a column names companies that charge the same accounts."""

from collections.abc import Iterable
from dataclasses import replace

from cabinet.billing.alternatives import ALL, of_suppliers
from cabinet.billing.answers import Answers
from cabinet.billing.layout import Layout

MOST_ACCOUNTS = 200_000  # whose companies are remembered
MOST_NAMES = 20  # companies among which one is chosen
ONLY = "{}, только «{}»"
Pairs = Iterable[tuple[str, str]]  # account and company of each row


def settled(layout: Layout, pairs: Pairs, answers: Answers) -> Layout:
    """The layout, by what staff said of the companies whose charges are in the file, if it has several.

    Raises AlternativesError if they have not, and some account has charges of several.
    """
    chosen = answers.chosen.get("supplier", "")
    names = _of_same_accounts(pairs)
    if not names:
        return layout
    if chosen == ALL:
        columns = layout.columns
        if "service" not in columns:  # each of them is a service of its own
            columns = tuple("service" if name == "supplier" else name for name in columns)
        return replace(layout, columns=columns)
    if chosen not in names:
        raise of_suppliers(names[:MOST_NAMES])
    return replace(layout, supplier=chosen, format=ONLY.format(layout.format, chosen))


def _of_same_accounts(pairs: Pairs) -> list[str]:
    """The companies, in the order of the file, if any account has several of them."""
    names: dict[str, None] = {}
    known: dict[str, str] = {}
    several = False
    for account, name in pairs:
        name = " ".join(name.split())
        if not name or not any(map(str.isdigit, account)):
            continue
        names[name] = None
        if len(known) < MOST_ACCOUNTS:
            several = several or known.setdefault(account.strip(), name) != name
        if len(names) > MOST_NAMES * 10:
            break
    return list(names) if several else []
