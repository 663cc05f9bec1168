"""Billing's files in the scenario of the staff's guide: one is loaded and taken back, one has odd columns."""

from datetime import date

from cabinet.demo import data
from tools.guide.window import Window, bring_to_top


def load_and_take_back(window: Window) -> None:
    """A file is checked, loaded and taken back."""
    window.page.get_by_role("link", name="Загрузки").click()
    charges = _charges(date.today()).encode()
    window.page.locator("#file").set_input_files(
        {"name": "Начисления.csv", "mimeType": "text/csv", "buffer": charges}
    )
    window.press("Проверить файл")
    window.show("import", "Проверен", "Загрузить", "Не загружать", "Принято", "Месяцы файла")
    for tick in window.page.get_by_role("checkbox").all():
        tick.check()
    window.press("Загрузить")
    window.wait_for("undo", ["Загружен", "Отменить загрузку…"])
    window.page.get_by_text("Отменить загрузку…").click()
    bring_to_top(window.page.get_by_text("Отменить загрузку…"))
    window.show("undo", "Отменить загрузку?", "Новых счетов удалим", "Удалим начислений")
    window.press("Отменить загрузку")
    window.wait_for("undo", ["Загрузка отменена"])


def name_columns(window: Window) -> None:
    """A file whose columns nobody knows yet."""
    window.page.get_by_role("link", name="Загрузки").click()
    month = data.months(date.today())[0]
    titles = "Код плательщика;Отрезок;Куда;Сколько в итоге;Прочее"
    rows = [
        f"88002{at};{month:%Y-%m};г. Клин, ул. Лесная, д. 4, кв. {at};{at}75,50;кв. {at}"
        for at in range(1, 9)
    ]
    text = "\n".join([titles, *rows]).encode()
    window.page.locator("#file").set_input_files(
        {"name": "Октябрь.csv", "mimeType": "text/csv", "buffer": text}
    )
    window.press("Проверить файл")
    window.show("columns", "Мы не узнали столбцы этого файла", "Код плательщика", "Проверить файл")


def _charges(today: date) -> str:
    """Billing's month again: some amounts corrected, two more flats, one row without an account."""
    month = f"{data.months(today)[0]:%Y-%m}"
    lines = ["period;account;address;amount_due"]
    for at, (account, address, due) in enumerate(data.ACCOUNTS):
        lines.append(f"{month};{account};{address};{(due + 1250 * (at < 2)) / 100:.2f}")
    for flat in (1, 2):
        lines.append(f"{month};88001{flat};г. Клин, ул. Дачная, д. 8, кв. {flat};1{flat}40.00")
    return "\n".join([*lines, f"{month};;г. Клин, ул. Дачная, д. 8, кв. 3;990.00"]) + "\n"
