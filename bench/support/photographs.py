"""Photographs of receipts as phones take them, made by chance from a seed: each can be made again."""

import io
import random
from dataclasses import dataclass

import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from cabinet.demo import slips

STREETS = ("Профсоюзная", "Ленинградское шоссе", "3-е Почтовое отделение", "Космонавтов", "Большие Вязёмы")
SYMBOLS = (*[zxingcpp.QRCode] * 17, zxingcpp.DataMatrix, zxingcpp.DataMatrix, zxingcpp.Aztec)
ENCODINGS = ("cp1251", "utf-8", "koi8-r")
FRAMES = ("page", "part", "code")  # how near: the whole sheet, its head, the code and what is around it
Corner = tuple[float, float]


@dataclass(frozen=True)
class Photograph:
    """The file, what it must be read as, and what was done to it."""

    data: bytes
    account: str
    amount: int
    frame: str
    symbol: str
    megapixels: float
    traits: dict[str, float]


def photograph(seed: int) -> Photograph:
    """The photograph of this seed."""
    chance = random.Random(seed)
    slip, symbol = _slip(chance)
    megapixels = chance.choice((1.5, 2, 3, 5, 8, 12))
    frame = chance.choice(FRAMES if megapixels >= 5 else FRAMES[1:])
    traits = {
        "tilt": chance.gauss(0, 10) + chance.choice((0, 0, 0, 90, 180, 270)),
        "perspective": chance.uniform(0, 0.09),
        "crease": chance.choice((0, 0, chance.uniform(0.3, 1))),
        "shadow": chance.choice((0, chance.uniform(0.1, 0.6))),
        "blur": abs(chance.gauss(0, 0.12)),  # of a module
        "noise": chance.uniform(0, 16),
        "quality": chance.randint(55, 92),
    }
    picture, module = _taken(slips.draw(slip), frame, megapixels, traits, chance)
    picture = _spoilt(picture, module, traits, chance)
    out = io.BytesIO()
    _tinted(picture, chance).save(out, "JPEG", quality=int(traits["quality"]))
    return Photograph(out.getvalue(), slip.account, slip.amount, frame, symbol, megapixels, traits)


def _slip(chance: random.Random) -> tuple[slips.Slip, str]:
    account = str(chance.randint(10**9, 10**10 - 1))
    amount = chance.choice((0, chance.randint(1, 2_000_000)))
    address = (
        f"г. Москва, ул. {chance.choice(STREETS)}, д. {chance.randint(1, 200)}, кв. {chance.randint(1, 900)}"
    )
    encoding = chance.choice(ENCODINGS)
    text = slips.payload("ООО УК Домопульт", "7700000000", account, "102026", amount, address).decode(
        "cp1251"
    )
    kind = chance.choice(SYMBOLS)
    payload = text.encode(encoding, "replace")
    slip = slips.Slip(
        "ООО УК Домопульт", "7700000000", "октябрь 2026 г.", account, address, amount, payload, kind
    )
    return slip, str(kind)


def _taken(
    page: Image.Image, frame: str, megapixels: float, traits: dict[str, float], chance: random.Random
) -> tuple[Image.Image, float]:
    """The sheet on a table as seen from above it, askew; and the pixels that a hundredth of an inch takes."""
    if traits["crease"]:
        page = _creased(page, traits["crease"], chance)
    x, y = slips.A4[0] - 130 - slips.CODE / 2, 250 + slips.CODE / 2
    reach = {"page": 0.0, "part": 820.0, "code": chance.uniform(260, 420)}[frame]
    box = (x - reach, y - reach * 0.75, x + reach, y + reach * 0.75)
    if not reach:
        box = (-60.0, -60.0, slips.A4[0] + 60.0, slips.A4[1] + 60.0)
    width, height = box[2] - box[0], box[3] - box[1]
    scale = (megapixels * 1e6 / (width * height)) ** 0.5
    size = (int(width * scale), int(height * scale))
    seen = page.transform(size, Image.Transform.EXTENT, box, Image.Resampling.BICUBIC, fillcolor=120)
    bend = traits["perspective"]
    corners = [(chance.uniform(0, bend), chance.uniform(0, bend)) for _ in range(4)]
    seen = seen.transform(
        size,
        Image.Transform.PERSPECTIVE,
        _perspective(size, corners),
        Image.Resampling.BICUBIC,
        fillcolor=120,
    )
    turned = seen.rotate(traits["tilt"], Image.Resampling.BICUBIC, expand=True, fillcolor=120)
    return turned, scale


def _perspective(size: tuple[int, int], corners: list[Corner]) -> tuple[float, ...]:
    """What Pillow needs to pull the picture's corners inwards by these shares of its sides."""
    (w, h), signs = size, ((1, 1), (-1, 1), (-1, -1), (1, -1))
    ends = ((0, 0), (w, 0), (w, h), (0, h))
    rows: list[list[float]] = []
    for (u, v), (dx, dy), (sx, sy) in zip(ends, corners, signs, strict=True):
        x, y = u + sx * dx * w, v + sy * dy * h
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    return tuple(_solved(rows))


def _solved(rows: list[list[float]]) -> list[float]:
    """The solution of a system of linear equations."""
    count = len(rows)
    for here in range(count):
        pivot = max(range(here, count), key=lambda row: abs(rows[row][here]))
        rows[here], rows[pivot] = rows[pivot], rows[here]
        rows[here] = [value / rows[here][here] for value in rows[here]]
        for other in range(count):
            if other != here:
                factor = rows[other][here]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[here], strict=True)]
    return [row[-1] for row in rows]


def _creased(page: Image.Image, depth: float, chance: random.Random) -> Image.Image:
    """Folded once or twice: the paper shifts at the fold, the print is worn there."""
    for _ in range(chance.randint(1, 2)):
        fold = int(page.height * chance.uniform(0.08, 0.6))
        lower = page.crop((0, fold, page.width, page.height))
        askew = (1, 0.004 * depth, -1.5 * depth, 0, 1, 0)  # by up to half a module at once
        lower = lower.transform(
            lower.size, Image.Transform.AFFINE, askew, Image.Resampling.BICUBIC, fillcolor=255
        )
        page.paste(lower, (0, fold))
        pen = ImageDraw.Draw(page, "L")
        pen.line((0, fold, page.width, fold), int(255 - 40 * depth), 1 + int(depth * 2))
    return page


def _spoilt(
    picture: Image.Image, scale: float, traits: dict[str, float], chance: random.Random
) -> Image.Image:
    """Out of focus, in the shadow of a hand, with the noise of a small sensor."""
    if traits["shadow"]:
        dark = Image.linear_gradient("L").resize(picture.size).rotate(chance.uniform(0, 360), fillcolor=160)
        edge = dark.point(lambda v: 255 if v > 120 else int(255 * (1 - traits["shadow"])))
        edge = edge.resize((256, 256)).filter(ImageFilter.GaussianBlur(8)).resize(picture.size)
        picture = ImageChops.multiply(picture, edge)
    picture = picture.filter(ImageFilter.GaussianBlur(traits["blur"] * 3 * scale))
    noise = Image.effect_noise(picture.size, traits["noise"])
    return ImageChops.add(picture, noise, 1, -128)


def _tinted(picture: Image.Image, chance: random.Random) -> Image.Image:
    """In the light of a kitchen lamp."""
    warm = chance.uniform(0.8, 1)
    return Image.merge("RGB", (picture, picture, picture.point(lambda v: int(v * warm))))
