"""Writes the truth as the templates of ГИС ЖКХ have it."""

from collections.abc import Sequence
from pathlib import Path

from tests.billing.formats.truth import Home
from tests.billing.formats.writers import MONTH, workbook

ACCOUNTS = (
    "№ записи", "Номер ЛС\n(иной идентификатор потребителя)", "Идентификатор ЖКУ", "Тип лицевого счета",
    "Является нанимателем?", "ЛС на помещение(я) разделены?", "Фамилия", "Имя", "Отчество (при наличии)",
    "СНИЛС",
    "Вид документа, удостоверяющего личность", "Номер документа, удостоверяющего личность",
)  # fmt: skip
PREMISES = (
    "№ записи лицевого счета", "Адрес помещения", "GUID дома по ФИАС / код дома в ГИС ЖКХ",
    "Тип помеще-\nния/блок", "Номер помещения/блока", "Номер комнаты",
)  # fmt: skip


def gis_accounts(path: Path, homes: Sequence[Home]) -> Path:
    """«Шаблон импорта сведений о лицевых счетах»."""
    main, places = [], []
    for n, h in enumerate(homes, 1):
        person = [h.last_name, h.first_name, h.middle_name, "112-233-445 95", "Паспорт", "4509 123456"]
        main.append([n, h.account, h.zhku, "ЛС УО", "Нет", "Нет", *person])
        house = f"{h.city}, {h.street}, д. {h.house}"
        places.append([n, house, h.fias, "Жилое помещение", h.flat, ""])
    return workbook(
        path,
        {
            "Основные сведения": [["Сведения о лицевых счетах"], list(ACCOUNTS), *main],
            "Помещения": [["Помещения"], list(PREMISES), *places],
            "Основания": [["Основания"]],
        },
    )


def gis_els(path: Path, homes: Sequence[Home]) -> Path:
    """«Экспорт ЕЛС»."""
    titles = (
        "Номер ЛС (Иной идентификатор потребителя)", "Номер ЕЛС в ГИС ЖКХ", "Идентификатор ЖКУ",
        "Уникальный номер дома/помещения/комнаты", "Адрес ОЖФ",
    )  # fmt: skip
    rows = [[h.account, h.els, h.zhku, "", h.address] for h in homes]
    return workbook(path, {"Шаблон экспорта ЕЛС": [list(titles), *rows]})


def gis_documents(path: Path, homes: Sequence[Home], old: bool = False, sheet: str = "Разделы") -> Path:
    """«Шаблон импорта ПД», as it is since 2019, or as it was before."""
    first = ["Идентификатор ЖКУ", "Тип ПД", "Номер платежного документа", "Расчетный период\n(ММ.ГГГГ)"]
    debt = ["Задолженность за предыдущие периоды, руб.", "Аванс на начало расчетного периода, руб."]
    new = [
        "Сумма к оплате за расчетный период, руб. (по всему платежному документу)", *debt,
        "Итого к оплате за расчетный период c учетом задолженности/\nпереплаты, руб. "
        "(по всему платежному доку-\nменту)",
    ]  # fmt: skip
    titles = [*first, *(debt if old else new), "БИК"]
    rows, details = [], []
    for n, h in enumerate(homes):
        owed = h.due - h.charged
        sums = [max(owed, 0) / 100, max(-owed, 0) / 100]
        start = [h.zhku, "Текущий", f"{n:06d}", MONTH]
        rows.append([*start, *(sums if old else [h.charged / 100, *sums, h.due / 100]), "044525225"])
        details.append([f"{n:06d}", "Домофон", h.charged / 100])
    services = ["Номер платежного документа", "Услуга", "Итого к оплате за расчетный период, руб."]
    return workbook(
        path,
        {
            f"{sheet} 1-2": [["Платежные документы"], [""], titles, *rows],
            f"{sheet} 3-6": [["Начисления"], [""], [""], services, *details],
        },
    )
