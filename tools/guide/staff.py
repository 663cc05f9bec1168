"""The scenario of the staff's guide: an admin's and a clerk's day, with a resident who asks for something."""

import re
from collections.abc import Callable

import pyotp
from playwright.sync_api import expect

from config import ROOT
from tests.browser.clerks import add_clerk
from tests.browser.site import Site
from tools.guide import staff_billing, waiting
from tools.guide.window import Window, bring_to_top

FOLDER = ROOT / "cabinet" / "static" / "guide"
SIZE = 1280, 800  # of the window
ADMIN, CLERK = "belova@example.org", "krylov@example.org"
PASSWORD = "Спокойный-стол-12"


def all_tasks(new_window: Callable[[], Window], site: Site) -> None:
    """Go through all of them; `new_window` gives the window of another person's browser."""
    waiting.prepare(site)
    waiting.send_request(new_window(), site)
    waiting.come_back(new_window(), site)
    admin, clerk = new_window(), new_window()
    link = invite(admin, site)
    join(clerk, link)
    take_many(clerk)
    answer(clerk)
    merge(clerk)
    find(clerk)
    ask_for_another_number(clerk)
    approve(admin, site)
    put_on_record(clerk)
    invite_a_caller(clerk)
    undelivered(clerk)
    by_max(clerk)
    waiting.lose_the_mail_server(site)
    wait(clerk)
    journal(admin)
    staff_billing.load_and_take_back(clerk)
    staff_billing.name_columns(clerk)
    day(clerk)


def invite(window: Window, site: Site) -> str:
    """The admin signs in and adds a clerk; the link for them."""
    password, codes = add_clerk(site, ADMIN, "--role", "admin", "--name", "Наталья Белова")
    window.page.goto(f"{site.url}/staff/")
    window.fill(email=ADMIN, password=password, code=codes.now())
    window.press("Войти")
    window.wait_for("people", ["Сегодня"])
    window.page.get_by_role("link", name="Наталья Белова").click()
    window.page.get_by_role("link", name="Сотрудники").click()
    window.wait_for("people", ["Добавить сотрудника"])
    window.fill(full_name="Артём Крылов", email=CLERK, proof=password)
    window.press("Добавить")
    window.wait_for("people", ["Показываем один раз."])
    link = window.page.locator("#link").input_value()
    window.page.goto(f"{site.url}/staff/people")
    window.show("people", "Сотрудники", "Артём Крылов", "Ещё не входил", "Добавить сотрудника", "Добавить")
    return link


def join(window: Window, link: str) -> None:
    """The clerk's first sign-in, and codes for a day without the telephone."""
    window.page.goto(link)
    window.show("join", "Первый вход", "Отсканируйте код приложением", "Новый пароль", "Код из приложения")
    key = window.page.locator(".staff__qr + .hint").inner_text().partition(":")[2]
    window.fill(password=PASSWORD, code=pyotp.TOTP(key.replace(" ", "")).now())
    window.press("Войти")
    window.wait_for("join", ["Мой вход", "Коды восстановления"])
    window.fill(proof=PASSWORD)
    window.press("Сделать новые коды")
    window.wait_for("join", ["Показываем один раз: распечатайте или перепишите."])


def day(window: Window) -> None:
    """What there is to do."""
    window.page.get_by_role("link", name="Сегодня").click()
    window.show("day", "Новые заявки", "У меня в работе", "Просрочены", "Дольше всех ждёт", "Не доставлено")


def take_many(window: Window) -> None:
    """Requests are ticked in the list and taken at once."""
    page = window.page
    page.get_by_role("link", name="Заявки", exact=False).first.click()
    window.wait_for("requests", ["Сначала новые"])
    for name in ("Миронов", "Тимофеев"):
        page.locator("tr", has_text=name).get_by_role("checkbox").check()
    window.show("requests", "Новые", "Дольше всех ждут", "С отмеченными", "Взять в работу", "Передать")
    window.press("Взять в работу")
    window.wait_for("requests", ["Взято в работу заявок: 2."])


def answer(window: Window) -> None:
    """A request is taken, answered from a template that is looked at first, and done."""
    window.page.locator("tr", has_text=waiting.SENDER_NAME).get_by_role("link").first.click()
    window.wait_for("request", ["Взять в работу", "Переехали в октябре"])
    window.press("Взять в работу")
    window.show("request", "В работе", "Выполнена", "Вернуть в новые", "Передать коллеге", "История")
    _begin_with_ready_templates(window)
    window.page.get_by_label("Шаблон ответа").select_option(label="Нужно фото квитанции")
    window.press("Вставить")
    expect(window.page.get_by_label("Ответ жителю")).to_have_value(re.compile("Пришлите, пожалуйста, фото"))
    window.press("Посмотреть")
    window.wait_for("reply", ["Так ответ увидит житель"])
    bring_to_top(window.page.get_by_text("Ответ жителю"))
    window.show("reply", "Вставить", "Как отправить", "Файл к ответу", "Посмотреть", "Отправить ответ")
    window.press("Ответить и выполнить")
    window.wait_for("reply", ["Ответ отправлен.", "Закрыта"])


def _begin_with_ready_templates(window: Window) -> None:
    """There and back; nothing to do where somebody has begun."""
    card, page = window.page.url, window.page
    page.locator("a[href$='/staff/templates']").click()
    window.wait_for("reply", ["Шаблоны ответов", "Добавить шаблон"])
    ready = page.get_by_role("button", name="Начать с готовых")
    if ready.count():
        ready.click()
    window.wait_for("reply", ["Нужно фото квитанции"])
    page.goto(card)


def merge(window: Window) -> None:
    """Two requests of one person are looked at beside each other and become one."""
    number = waiting.WAITING[1][0]
    window.page.get_by_role("link", name="Заявки", exact=False).first.click()
    window.page.get_by_role("link", name=number).click()
    window.wait_for("merge", ["Другие заявки этого человека", waiting.AGAIN[0]])
    window.page.get_by_role("link", name="Объединить").click()
    window.show("merge", "Объединить заявки?", "Останется", "Станет её частью", "Разъединить заявки нельзя.")
    window.press("Объединить")
    window.wait_for("merge", ["её частью стала заявка"])


def ask_for_another_number(window: Window) -> None:
    """The resident who is open has lost the SIM."""
    window.page.get_by_role("link", name="Сменить номер телефона").click()
    window.wait_for("number", ["Нынешний номер"])
    window.fill(phone=waiting.NEW_NUMBER, reason="Телефон потерян, SIM-карту не восстановить.")
    window.fill(identified="Паспорт в офисе, имя и адрес совпали.")
    window.press("Попросить сменить номер")  # who made codes just now is asked for no password
    window.wait_for("number", ["Решить должен другой сотрудник."])


def approve(window: Window, site: Site) -> None:
    """Another member of staff finds it on the page of the day and decides."""
    window.page.goto(f"{site.url}/staff/day")
    window.page.get_by_role("link", name="Смена номера").click()
    window.show("number", "Смена номера", "Новый номер", "Попросил(а)", "Подтвердить?")


def put_on_record(window: Window) -> None:
    """Somebody without a cabinet asked by letter to delete what is known of them."""
    window.page.get_by_role("link", name="Жители").click()
    window.page.get_by_role("link", name="Запросы о данных").click()
    window.wait_for("record", ["Записать запрос"])
    window.fill(phone=waiting.UNHEARD, words="Вх. № 17, паспорт показан в офисе.")
    window.page.get_by_label("Удалить данные").check()
    window.page.get_by_label("В офисе").check()
    bring_to_top(window.page.get_by_role("link", name="Назад"))
    window.show("record", "Запросы о данных", "О чём просят", "Когда получили", "Записать запрос")


def invite_a_caller(window: Window) -> None:
    """A clerk writes down what somebody reads from a receipt on the telephone."""
    window.page.get_by_role("link", name="Регистрации").click()
    window.page.get_by_role("link", name="Пригласить по телефону").click()
    window.wait_for("invite", ["Найти счёт позвонившего"])
    window.page.get_by_role("link", name="Без поиска").click()
    window.wait_for("invite", ["Кто звонит"])
    window.fill(phone=waiting.NEW_NUMBER, last_name="Лаптева", first_name="Нина")
    window.show("invite", "Кто звонит", "Квитанция, со слов жителя", "Согласие: прочитайте вслух")


def find(window: Window) -> None:
    """A resident is found by the name, and their card opened."""
    window.fill(find="соколова")
    window.press("Найти заявку или жителя")
    window.show("search", "Поиск: «соколова»", "Соколова Вера", waiting.SENDER_NAME)
    window.page.get_by_role("link", name="Соколова Вера").click()
    window.show("resident", "Закрыть вход", "Почему не пришла СМС?", "Лицевые счета", "Сеансы")


def undelivered(window: Window) -> None:
    """Why the code did not come."""
    window.page.get_by_role("link", name="Сообщения").click()
    window.page.get_by_role("link", name="Почему не пришла СМС?").click()
    window.wait_for("sms", ["Телефон абонента"])
    window.fill(query=waiting.UNHEARD)
    window.page.locator("main").get_by_role("button", name="Найти").click()
    window.show("sms", "Шлюз отказал", "На счёте шлюза нет денег.", "Не доставлено", "запросит код ещё раз")


def by_max(window: Window) -> None:
    """A code that MAX did not bring."""
    window.fill(query=waiting.KNOWN)
    window.page.locator("main").get_by_role("button", name="Найти").click()
    bring_to_top(window.page.locator("section", has_text="MAX, Код").last)
    window.show("max", "MAX, Код подтверждения", "Житель остановил бота в MAX.", "ушли другим путём", "СМС")


def wait(window: Window) -> None:
    """The mail server is away, and what is to be sent waits."""
    window.page.get_by_role("link", name="Сообщения").click()
    window.page.get_by_role("link", name="Ожидают").click()
    window.show("resting", "Почтовый сервер не принимает письма.", "всё уйдёт", "Подтверждение почты")


def journal(window: Window) -> None:
    """The admin reads what happened."""
    window.page.get_by_role("link", name="Журнал").click()
    bring_to_top(window.page.get_by_role("link", name="Выгрузить в CSV"))
    window.show("journal", "Что произошло", "Артём Крылов", "Всё об этом", "Показать")
