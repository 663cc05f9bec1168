"""Draws receipts as housing companies print them, with a real code: a picture, a PDF of one page."""

import io
from dataclasses import dataclass

import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from cabinet.demo.data import Receipt

DPI = 200
A4 = (1654, 2339)  # pixels
CODE = 236  # pixels: 30 millimetres
FONTS = ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "NotoSans-Regular.ttf", "Arial.ttf", "arial.ttf")
MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь",
    "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь",
)  # fmt: skip
SERVICES = (
    "Содержание жилого помещения", "Отопление", "Горячее водоснабжение", "Холодное водоснабжение",
    "Водоотведение", "Электроснабжение", "Обращение с ТКО", "Домофон", "Капитальный ремонт",
)  # fmt: skip
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True)
class Slip:
    """What is printed. `amount` is kopecks, `payload` the bytes of the code."""

    company: str
    inn: str
    period: str
    account: str
    address: str
    amount: int
    payload: bytes
    symbol: zxingcpp.BarcodeFormat = zxingcpp.QRCode


def slip_of(receipt: Receipt, company: str, inn: str) -> Slip:
    """The receipt of a company, as printed."""
    month = f"{MONTHS[receipt.period.month - 1]} {receipt.period.year} г."
    data = payload(company, inn, receipt.account, f"{receipt.period:%m%Y}", receipt.amount, receipt.address)
    return Slip(company, inn, month, receipt.account, receipt.address, receipt.amount, data)


def payload(company: str, inn: str, account: str, month: str, amount: int, address: str) -> bytes:
    """The text of the code by ГОСТ Р 56042, in windows-1251. `month` is `102026`.

    The standard knows no negative sums: an overpaid receipt has none in its code.
    """
    values = {
        "Name": company,
        "PersonalAcc": "40702810900000000001",
        "BankName": "ПАО СБЕРБАНК",
        "BIC": "044525225",
        "CorrespAcc": "30101810400000000225",
        "PayeeINN": inn,
        "Purpose": "Оплата ЖКУ",
        "PersAcc": account,
        "PaymPeriod": month,
        "Sum": str(amount) if amount >= 0 else "",
        "PayerAddress": address,
        "TechCode": "02",
    }
    return ("ST00011" + "".join(f"|{k}={v}" for k, v in values.items() if v)).encode("cp1251", "replace")


def symbol_of(data: bytes, kind: zxingcpp.BarcodeFormat, size: int) -> Image.Image:
    """The code as a picture of about so many pixels, whole ones for each of its modules."""
    code = zxingcpp.create_barcode(data, kind)
    modules = Image.fromarray(zxingcpp.write_barcode_to_image(code, add_quiet_zones=False))
    scale = max(2, round(size / modules.width))
    return modules.resize((modules.width * scale, modules.height * scale), Image.Resampling.NEAREST)


def draw(slip: Slip) -> Image.Image:
    """A page of A4 in shades of grey, 200 dots per inch."""
    page = Image.new("L", A4, 255)
    pen = ImageDraw.Draw(page)
    pen.text((130, 120), slip.company, 30, _font(40))
    pen.text((130, 176), f"ИНН {slip.inn}   БИК 044525225   р/с 40702810900000000001", 90, _font(22))
    pen.text((130, 250), f"Платёжный документ за {slip.period}", 0, _font(48))
    pen.text((130, 350), f"Лицевой счёт  {slip.account}", 0, _font(36))
    pen.multiline_text((130, 410), _wrapped(slip.address, 62), 40, _font(28), spacing=10)
    code = symbol_of(slip.payload, slip.symbol, CODE)
    page.paste(code, (A4[0] - 130 - code.width, 250))
    _table(pen, slip.amount)
    return page


def _table(pen: ImageDraw.ImageDraw, amount: int) -> None:
    top, left = max(amount, 0), 620
    for number, row in enumerate(SERVICES):
        share = amount * (len(SERVICES) - number) // 45 if top else 0
        pen.text((130, left), row, 50, _font(26))
        pen.text((1524, left), _roubles(share), 30, _font(26), anchor="ra")
        pen.line((130, left + 48, 1524, left + 48), 190, 2)
        left += 62
    word = "Переплата" if amount < 0 else "Итого к оплате"
    pen.rectangle((120, left + 30, 1534, left + 120), outline=0, width=4)
    pen.text((150, left + 48), word, 0, _font(40))
    pen.text((1504, left + 48), f"{_roubles(amount)} руб.", 0, _font(40), anchor="ra")


def _roubles(kopecks: int) -> str:
    text = f"{abs(kopecks) / 100:,.2f}".replace(",", " ").replace(".", ",")
    return f"−{text}" if kopecks < 0 else text


def _wrapped(text: str, width: int) -> str:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] += f"{word} "
    return "\n".join(lines)


def _font(size: int) -> Font:
    """A font with Russian letters, if the machine has one."""
    for name in FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


def as_picture(slip: Slip) -> bytes:
    """A PNG of the page."""
    out = io.BytesIO()
    draw(slip).save(out, "PNG", optimize=True, dpi=(DPI, DPI))
    return out.getvalue()


def as_pdf(slip: Slip) -> bytes:
    """A PDF of the page."""
    out = io.BytesIO()
    draw(slip).convert("1", dither=Image.Dither.NONE).save(out, "PDF", resolution=DPI)
    return out.getvalue()


def code_alone(slip: Slip) -> bytes:
    """An SVG of the code."""
    code = zxingcpp.create_barcode(slip.payload, slip.symbol)
    return zxingcpp.write_barcode_to_svg(code).encode()
