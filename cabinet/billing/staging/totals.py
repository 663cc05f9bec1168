"""Tells sums of services from an account total that is repeated in each of its rows, as SQL.

Some programs write a row per service and repeat the account's total in each of them: adding these up would
give several times the debt. How a month is read depends on all accounts that have several rows and a non-zero
amount due in each. An account speaks for a total if the amount due is the same in all its rows while the
charges differ or add up to it. If all accounts do, it is taken for a total; if most do, staff are asked. They
are also asked if the file has only one sum per row and it is the same in all rows of an account: where such
sums vary between accounts they are probably totals, but two services may also cost the same. If that is so
for most accounts only, or but for rows of nothing, they are added up. A row whose service is TOTAL decides
for its account alone. Where a row of most accounts is as much as all others together, it may be a total that
nothing says to be one: staff are asked.
"""

from collections.abc import Iterator
from dataclasses import dataclass

TOTAL = "="  # the service that batches give to a row with its account's total
TOTALS = f"SUM(CASE WHEN service = '{TOTAL}' THEN 1 ELSE 0 END)"
PAYABLE = "COALESCE(amount_due, amount_charged)"
BOTH = "COUNT(amount_due) = COUNT(*) AND COUNT(amount_charged) > 0"
KNOWN = f"{TOTALS} = 0 AND COUNT({PAYABLE}) = COUNT(*)"
EQUAL = f"{KNOWN} AND MIN({PAYABLE}) = MAX({PAYABLE}) AND MIN({PAYABLE}) <> 0"
FULL = f"{KNOWN} AND SUM(CASE WHEN {PAYABLE} = 0 THEN 1 ELSE 0 END) = 0"
NOT_ZERO = f"NULLIF({PAYABLE}, 0)"
WHOLE = f"{KNOWN} AND COUNT({NOT_ZERO}) > 2"
HALF = f"{WHOLE} AND MAX({PAYABLE}) * 2 = SUM({PAYABLE})"
FEW = f"{KNOWN} AND COUNT({NOT_ZERO}) > 1"
NEAR = f"{FEW} AND COUNT({NOT_ZERO}) < COUNT(*) AND MIN({NOT_ZERO}) = MAX({NOT_ZERO})"
ADDS_UP = f"{EQUAL} AND {BOTH} AND SUM(amount_charged) = MAX(amount_due)"
DIFFER = f"{EQUAL} AND {BOTH} AND COUNT(DISTINCT amount_charged) > 1"
CERTAIN = 3  # so many accounts do not speak alike by chance


def _flag(condition: str, name: str) -> str:
    return f"CASE WHEN {condition} THEN 1 ELSE 0 END AS {name}"


SAME = ", ".join(  # over the rows of an account
    (
        f"CASE WHEN {EQUAL} THEN MIN({PAYABLE}) END AS same",
        "CASE WHEN COUNT(amount_paid) = COUNT(*) AND MIN(amount_paid) = MAX(amount_paid) "
        "THEN MIN(amount_paid) END AS same_paid",
        _flag(FULL, "filled"),
        _flag(FEW, "few"),
        _flag(WHOLE, "whole"),
        _flag(HALF, "half"),
        _flag(NEAR, "near"),
        _flag(BOTH, "has_both"),
        _flag(ADDS_UP, "adds_up"),
        _flag(f"{ADDS_UP} OR {DIFFER}", "speaks"),
    )
)


def summed(name: str) -> str:
    """The sum of a column over the rows of an account, or the value of its total row if there is one."""
    return (
        f"CASE WHEN {TOTALS} > 0 THEN SUM(CASE WHEN service = '{TOTAL}' THEN {name} END) "
        f"ELSE SUM({name}) END AS {name}"
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """How the sums of services of a month were read for `accounts` accounts: if `once`, as a total repeated
    in each row, else added up. `asked` says that this is not certain. Of `halves` accounts one row is as much
    as the others; 0 if it is not so of most.
    """

    accounts: int
    once: bool
    asked: bool
    halves: int


def statements(totals: str, reading: str) -> Iterator[tuple[str, str]]:
    """Statements that decide how `totals` are read, and take repeated totals once; see repeats.settle."""
    yield (
        "",
        (
            f"CREATE TABLE {totals}_counts AS SELECT SUM(filled) AS filled, SUM(has_both) AS has_both, "
            "SUM(CASE WHEN same IS NULL THEN 0 ELSE 1 END) AS alike, COUNT(DISTINCT same) AS different, "
            "SUM(near) AS near, SUM(few) AS few, SUM(whole) AS whole, SUM(half) AS half, "
            f"SUM(adds_up) AS adds_up, SUM(speaks) AS speaks FROM {totals}"
        ),
    )
    alone = "has_both = 0 AND filled > 0 AND alike = filled"
    most = "has_both = 0 AND (alike + near) * 2 > few"
    certain = f"filled > 0 AND speaks = filled AND (adds_up * 2 >= filled OR speaks >= {CERTAIN})"
    once = f"speaks * 2 > filled OR ({certain}) OR ({alone} AND different > 1 AND different * 4 > filled)"
    yield (
        "",
        (
            f"CREATE TABLE {reading} AS SELECT alike + near AS accounts, {_flag(once, 'once')}, "
            f"{_flag(f'(({once}) OR ({alone}) OR ({most})) AND NOT ({certain})', 'asked')}, "
            f"CASE WHEN half * 2 > whole THEN half ELSE 0 END AS halves "
            f"FROM {totals}_counts"
        ),
    )
    due = "CASE WHEN amount_due IS NULL THEN NULL ELSE same END"
    charged = "CASE WHEN amount_due IS NULL THEN same ELSE amount_charged END"
    yield (
        "",
        (
            f"UPDATE {totals} SET amount_due = {due}, amount_charged = {charged}, "
            "amount_paid = COALESCE(same_paid, amount_paid) "
            f"WHERE same IS NOT NULL AND (speaks = 1 OR has_both = 0) "
            f"AND EXISTS (SELECT 1 FROM {reading} WHERE once = 1)"
        ),
    )
