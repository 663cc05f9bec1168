"""What the titles of columns mean."""

from cabinet.billing.batches import COLUMNS

SYNONYMS = {
    "account": (
        "лицевой счёт", "лицевой счет", "номер лс", "лс", "л/с", "№ лс", "номер лицевого счета",
        "номер лицевого счёта", "иной идентификатор потребителя",
    ),
    "els": ("елс", "номер елс", "единый лицевой счёт", "единый лицевой счет", "номер елс в гис жкх"),
    "zhku_id": ("идентификатор жку", "жку"),
    "period": ("период", "расчётный период", "расчетный период", "месяц"),
    "amount_charged": ("начислено", "сумма начисления", "сумма к оплате за расчетный период",
                       "сумма к оплате за расчётный период"),
    "amount_due": ("к оплате", "сумма к оплате", "итого к оплате", "сумма", "итого к оплате с учетом "
                   "задолженности/переплаты"),
    "amount_paid": ("оплачено", "сумма оплаты"),
    "last_name": ("фамилия",),
    "first_name": ("имя",),
    "middle_name": ("отчество", "отчество (при наличии)"),
    "address": ("адрес", "адрес помещения", "адрес ожф"),
    "fias_house_guid": ("фиас", "guid дома", "guid дома по фиас"),
    "premises": ("помещение", "номер помещения", "квартира"),
}  # fmt: skip
NAMES = {name: name for name in COLUMNS} | {s: name for name, all_ in SYNONYMS.items() for s in all_}


def field_of(title: str) -> str | None:
    """Which of our columns a title names; None for another."""
    return NAMES.get(" ".join(title.strip().lower().split()))
