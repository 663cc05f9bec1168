"""Receipts on paper, photographed: pictures with real codes."""

import io

import zxingcpp
from PIL import Image

from cabinet.demo.slips import symbol_of

TEXT = (
    "ST0001{digit}|Name=ООО УК Домопульт|PersonalAcc=40702810900000000001|BankName=ПАО Сбербанк|BIC=044525225"
    "|CorrespAcc=30101810400000000225|PayeeINN=7700000000|PersAcc={account}|PaymPeriod={period}|Sum={amount}"
)


def payload(
    account: str = "1234567890",
    period: str = "102026",
    amount: str = "421867",
    encoding: str = "utf-8",
    digit: str = "2",
    more: str = "",
) -> bytes:
    """The bytes of a receipt's code."""
    text = TEXT.format(digit=digit, account=account, period=period, amount=amount) + more
    return text.replace("|PaymPeriod=|", "|").encode(encoding)


def sheet(*codes: bytes, symbol: zxingcpp.BarcodeFormat = zxingcpp.QRCode) -> Image.Image:
    """A sheet with codes below one another."""
    page = Image.new("L", (620, 40 + 420 * max(len(codes), 1)), 255)
    for place, data in enumerate(codes):
        page.paste(symbol_of(data, symbol, 300), (100, 60 + 420 * place))
    return page


def saved(page: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """The file of a picture."""
    out = io.BytesIO()
    page.save(out, kind, **options)
    return out.getvalue()


def photo(*codes: bytes) -> bytes:
    """A JPEG of a sheet with codes, by default one ordinary code."""
    return saved(sheet(*(codes or (payload(),))))
