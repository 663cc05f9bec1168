"""Asks about rows that were put together: services added up, totals taken once, cells of the row above."""

from collections.abc import Iterable

from cabinet.billing.errors import BillingWarning
from cabinet.billing.layout import Layout
from cabinet.billing.staging.base import Staging
from cabinet.billing.staging.totals import Reading
from cabinet.billing.tally import Tally

FROM_ABOVE = (
    "address-above",
    "Адрес стоит не во всех строках: у {rows} он взят из строки выше, к нему добавлена квартира. Проверьте "
    "по первым строкам, те ли это дома.",
)
UNNAMED = (
    "row-per-service",
    "У некоторых счетов по нескольку строк с разными суммами, а услуги в файле не названы. Это одна строка "
    "на услугу? Строки сложены, прибавлено строк: {rows}; одинаковые взяты один раз, таких: {repeated}.",
)
MERGED = (
    "account-above",
    "В строках услуг, всего {rows}, нет ни номера счёта, ни адреса: они взяты из строки выше, как у "
    "объединённых ячеек. Проверьте по первым строкам, верны ли суммы.",
)
INCLUDED = (
    "included-rows",
    "Строки услуг «в том числе», всего {rows}, прибавлены к сумме счёта. Если они уже входят в другие "
    "строки, уберите их из файла.",
)
UNSURE = (
    "thousands",
    "Суммы вида «1,050», всего {rows}, прочитаны с тремя знаками после запятой: один рубль пять копеек, а не "
    "тысяча пятьдесят рублей. Проверьте по первым строкам, так ли это.",
)
CLOSED = (
    "closed-accounts",
    "Под заголовком «Закрытые лицевые счета» или похожим стоят счета, всего {rows}, и они тоже взяты. Если "
    "жителям они не нужны, уберите их из файла.",
)
SAME_IN_ROWS = {  # whether the sum was taken once, and what is said
    True: (
        "total-in-each-row",
        "В каждой строке счёта стоит одна и та же сумма, счетов: {accounts}. Она взята один раз, как итог "
        "счёта, а не сложена по услугам.",
    ),
    False: (
        "same-sums",
        "В строках услуг одного счёта стоят одинаковые суммы, счетов: {accounts}. Они сложены: проверьте, не "
        "итог ли это, повторённый в каждой строке.",
    ),
}
FEW = 10  # of so many accounts, or of more, one adds up by chance
HALVES = (
    "total-among-rows",
    "У счетов, их {accounts}, одна строка равна сумме остальных: не итог ли это? Строки сложены, и "
    "итог удвоил бы сумму. Если это итог, назовите в файле его услугу «Итого» или уберите эти строки.",
)


def doubtful(readings: Iterable[Reading], accounts: int) -> list[BillingWarning]:
    """Warnings of sums of services that may be totals of the account, in months of so many `accounts`."""
    found: dict[bool, int] = {}
    halves = 0
    for reading in readings:
        halves = max(halves, 0 if reading.once else reading.halves)
        if reading.asked:
            found[reading.once] = max(found.get(reading.once, 0), reading.accounts)
    return [
        BillingWarning(code, sentence.format(accounts=found[once]))
        for once, (code, sentence) in SAME_IN_ROWS.items()
        if once in found
    ] + ([BillingWarning(HALVES[0], HALVES[1].format(accounts=halves))] if halves * FEW > accounts else [])


def carried(tally: Tally) -> list[BillingWarning]:
    """Warnings of addresses that stand only in the first row of a house, of accounts likewise, of parts.

    And of sums that may be thousands, and of closed accounts.
    """
    found = (
        (FROM_ABOVE, tally.carried), (MERGED, tally.merged), (INCLUDED, tally.included),
        (UNSURE, tally.unsure), (CLOSED, tally.closed),
    )  # fmt: skip
    return [BillingWarning(code, sentence.format(rows=rows)) for (code, sentence), rows in found if rows]


def unnamed(layout: Layout, tally: Tally, staging: Staging) -> list[BillingWarning]:
    """A warning of rows added up though nothing says that they are of services: no title, no sum of all."""
    if not layout.unnamed_services or not staging.summed or tally.promised:
        return []
    code, sentence = UNNAMED
    return [BillingWarning(code, sentence.format(rows=staging.summed, repeated=staging.repeated))]
