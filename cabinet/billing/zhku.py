"""Finds accounts by their ГИС ЖКХ identifiers."""

from cabinet.models.account import Account

PAGE = 5000  # accounts looked at in one statement
LOOK_ALIKES = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")


def key_of_zhku(text: str) -> str:
    """A ЖКУ as it can be compared: its letters are typed in either alphabet."""
    return "".join(text.split()).upper().translate(LOOK_ALIKES)


def accounts_by_zhku(wanted: set[str]) -> dict[str, str]:
    """The printed numbers of the cabinet's accounts by the keys of their ЖКУ, of those that are wanted.

    One that two accounts have is left out. Looks through all accounts, a page at a time.
    """
    found: dict[str, str] = {}
    twice: set[str] = set()
    last, columns = "", (Account.number, Account.printed, Account.zhku_id)
    while True:
        page = Account.select(*columns).where(Account.number > last).order_by(Account.number).limit(PAGE)
        rows = [(row.number, row.printed, row.zhku_id) for row in page]
        for number, printed, zhku in rows:
            key = key_of_zhku(zhku)
            if key in wanted:
                twice |= {key} if key in found else set()
                found[key] = printed or number
        if len(rows) < PAGE:
            return {key: number for key, number in found.items() if key not in twice}
        last = rows[-1][0]
