"""A photo of the receipt's code fills the three fields; the resident checks and sends them."""

import io
from pathlib import Path

import pytest

from cabinet.models import Account, Attempt, Charge, Registration
from cabinet.models.database import db
from cabinet.models.limits import take
from config import Settings
from tests.cast import LESNAYA, PERIODS, PHONE
from tests.placing import at_account
from tests.receipts import paper
from tests.receipts.sending import ADDRESS, FILLED, filled, marked, send
from tests.requests import files
from tests.visitor import Visitor


def lookups() -> int:
    return Attempt.select().where(Attempt.kind.startswith("lookup")).count()


def test_a_photo_fills_the_form_and_one_press_more_goes_on(visitor: Visitor, receipt: dict[str, str]) -> None:
    at_account(visitor)
    send(visitor, paper.photo())
    assert visitor.path == "/register/account" and visitor.status == 200
    assert filled(visitor) == FILLED and "Проверьте поля" in visitor.text
    assert marked(visitor) == ["Расчётный период", "Номер лицевого счёта", "Сумма к оплате, ₽"]
    assert lookups() == 0 and Registration.get().account_id is None, "nothing is looked up before it is sent"
    visitor.reload()
    assert filled(visitor) == FILLED, "and it survives a reload"
    visitor.fill_and_submit()
    assert visitor.path == "/register/address" and "Лесная" in visitor.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (files.image(), "Подойдите ближе, уберите тень"),
        (paper.photo(b"https://qr.nspk.ru/AS1"), "нет данных квитанции"),
        (b"<svg/>", "Подойдёт фото или PDF"),
        (files.image()[:200], "открыть не получилось"),
        (files.png_bomb(20_000, 20_000), "слишком большой"),
        (b"", "Файл пустой"),
        (paper.photo(paper.payload("1", amount="1"), paper.payload("2", amount="2")), "несколько квитанций"),
    ],
)
def test_a_photo_of_no_use_says_what_to_do_and_changes_nothing(
    visitor: Visitor, receipt: dict[str, str], data: bytes, words: str, settings: Settings
) -> None:
    at_account(visitor)
    typed = {"period": "2026-09", "account": "55-5", "amount": "12"}
    send(visitor, data, **typed)
    assert visitor.path == "/register/account" and visitor.status == (422 if visitor.htmx else 200)
    assert words in visitor.error("photo") and filled(visitor) == typed and not marked(visitor)
    assert not Path(settings.uploads_folder).exists() and lookups() == 0


def test_no_photo_at_all(visitor: Visitor, receipt: dict[str, str]) -> None:
    at_account(visitor)
    visitor.post(ADDRESS, {"csrf_token": visitor.csrf_token, "account": "5"})
    assert "Сначала сфотографируйте" in visitor.error("photo") and visitor.value("account") == "5"


def test_without_a_month_the_one_that_billing_confirms(visitor: Visitor, receipt: dict[str, str]) -> None:
    with db.atomic():
        Charge.update(amount_due=777).where(Charge.period == PERIODS[0], Charge.account == LESNAYA).execute()
    at_account(visitor)
    send(visitor, paper.photo(paper.payload(period="", amount="777")))
    assert filled(visitor) == {"period": "2026-08", "account": LESNAYA, "amount": "7,77"}
    assert Attempt.select().where(Attempt.kind.startswith("photo-guess")).count() == 0


def test_without_a_month_and_two_that_fit_none_is_chosen(visitor: Visitor, receipt: dict[str, str]) -> None:
    at_account(visitor)
    send(visitor, paper.photo(paper.payload(period="")))
    assert filled(visitor) == {**FILLED, "period": ""} and "Остальное впишите" in visitor.text
    assert len(marked(visitor)) == 2


def test_roubles_for_kopecks_are_told_by_billing(visitor: Visitor, receipt: dict[str, str]) -> None:
    with db.atomic():
        Charge.update(amount_due=421_800).where(Charge.account == LESNAYA).execute()
    at_account(visitor)
    send(visitor, paper.photo(paper.payload(amount="4218.0")))
    assert visitor.value("amount") == "4218,00"


def test_sums_cannot_be_guessed_by_codes(visitor: Visitor, receipt: dict[str, str]) -> None:
    """Codes without a month would be look-ups that nobody counts."""
    with db.atomic():
        Charge.update(amount_due=777).where(Charge.period == PERIODS[0], Charge.account == LESNAYA).execute()
    at_account(visitor)
    for guess in ("1", "2", "3", "777"):
        send(visitor, paper.photo(paper.payload(period="", amount=guess)), period="")
    assert visitor.value("period") == "" and visitor.value("amount") == "7,77", "no answer any more"


@pytest.mark.parametrize("period", ["102026", ""])
def test_a_code_that_names_the_account_by_its_zhku(
    visitor: Visitor, receipt: dict[str, str], period: str
) -> None:
    with db.atomic():
        Account.update(zhku_id="20МВ123456-07").where(Account.number == LESNAYA).execute()
        Charge.update(amount_due=777).where(Charge.period < PERIODS[2], Charge.account == LESNAYA).execute()
    code = paper.payload("", period=period, more="|UIN=20MB123456-07-1061")
    at_account(visitor)
    send(visitor, paper.photo(code))
    assert filled(visitor) == {**FILLED, "account": "20MB123456-07"}
    visitor.fill_and_submit()
    assert visitor.path == "/register/address" and "Лесная" in visitor.text
    assert lookups() == 0, "a hit is not counted"


def test_an_old_receipt_is_told(visitor: Visitor, receipt: dict[str, str]) -> None:
    at_account(visitor)
    send(visitor, paper.photo(paper.payload(period="072026")))
    assert "Эта квитанция за июль 2026" in visitor.text and "последние 3 месяца" in visitor.text
    assert filled(visitor) == {"period": "", "account": LESNAYA, "amount": ""}


@pytest.mark.settings(receipt_inns=("7700000000",))
def test_of_two_codes_the_companys_own(visitor: Visitor, receipt: dict[str, str]) -> None:
    at_account(visitor)
    other = paper.payload("999", amount="5").replace(b"7700000000", b"7712345678")
    send(visitor, paper.photo(other, paper.payload(), b"https://qr.nspk.ru/AS1"))
    assert filled(visitor) == FILLED
    send(visitor, paper.photo(other.replace("УК Домопульт".encode(), "Капремонт".encode())))
    assert "Это квитанция другой организации: ООО Капремонт" in visitor.error("photo")
    assert filled(visitor) == FILLED


def test_of_two_codes_the_one_that_billing_knows(visitor: Visitor, receipt: dict[str, str]) -> None:
    at_account(visitor)
    send(visitor, paper.photo(paper.payload("999", amount="5"), paper.payload()))
    assert filled(visitor) == FILLED


def test_photos_are_limited(visitor: Visitor, receipt: dict[str, str]) -> None:
    at_account(visitor)
    for _ in range(20):
        take("photo-phone", PHONE)
    send(visitor, paper.photo(), account="5")
    assert visitor.status == 429 and "Снимков уже много" in visitor.text
    assert visitor.value("account") == "5"


def test_a_stranger_sends_no_photo(visitor: Visitor, receipt: dict[str, str]) -> None:
    visitor.get("/")
    visitor.post(ADDRESS, {"csrf_token": visitor.csrf_token, "photo": (io.BytesIO(bytes(10**6)), "a.jpg")})
    assert visitor.path == "/" and visitor.status in (200, 303)


def test_enter_sends_the_fields_and_not_the_photo(visitor: Visitor, receipt: dict[str, str]) -> None:
    """A browser presses the first button of the form."""
    at_account(visitor)
    first = visitor.one("form[action='/register/account'] button")
    assert not first.get("formaction") and first["tabindex"] == "-1"


def test_guesses_by_els_and_zhku_are_those_of_the_account(visitor: Visitor, receipt: dict[str, str]) -> None:
    with db.atomic():
        Account.update(els="20МВ123456").where(Account.number == LESNAYA).execute()
    at_account(visitor)
    shown = ("20МВ123456", "20МВ123456-07", LESNAYA)
    send(visitor, paper.photo(*(paper.payload(account, period="", amount="1") for account in shown)))
    counted = Attempt.select(Attempt.subject).where(Attempt.kind == "photo-guess-account")
    assert [attempt.subject for attempt in counted] == [LESNAYA]
