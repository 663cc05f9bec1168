"""Makes each tile of a HEIF photo in turn the picture of the file, so that one can be decoded at a time.

Phones store a large photo as a grid of tiles, but decoders put the whole of it together, for which there is
not the memory. So the file is changed as often as there are tiles: the tile is hidden no longer, and it is
what is shown first. ISO/IEC 14496-12 and 23008-12 describe the boxes.
"""

import re
from collections.abc import Iterator

_Box = tuple[bytes, int, int]  # type, where the body begins, where it ends
_TURN = re.compile(rb"\0\0\0\x09irot[\0-\x03]")


def upright(data: bytes) -> bytes:
    """The file without the note that its picture is to be turned, since tiles lie as the sensor saw them."""
    start, end = _meta(data)
    return data[:start] + _TURN.sub(b"\0\0\0\x09irot\0", data[start:end]) + data[end:]


def tiles(data: bytes) -> Iterator[bytes]:
    """The file once for each tile of its first picture, by rows. Raises LookupError and ValueError."""
    start, end = _meta(data)
    meta = {kind: (begin, stop) for kind, begin, stop in _boxes(data, start + 4, end)}
    file, shown = bytearray(data), meta[b"pitm"][0]
    wide = _wide(data, shown)
    flags = _flags(data, *meta[b"iinf"])
    for tile in _tiles_of(data, data[shown + 4 : shown + 4 + wide], *meta[b"iref"]):
        file[shown + 4 : shown + 4 + wide] = tile.to_bytes(wide, "big")
        file[flags[tile]] &= 0xFE
        yield bytes(file)
        file[flags[tile]] |= 1


def _meta(data: bytes) -> tuple[int, int]:
    """Where the box begins and ends that tells of the pictures. Raises KeyError and ValueError."""
    return {kind: (start, end) for kind, start, end in _boxes(data, 0, len(data))}[b"meta"]


def _boxes(data: bytes, start: int, end: int) -> Iterator[_Box]:
    while start + 8 <= end:
        size, head = int.from_bytes(data[start : start + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(data[start + 8 : start + 16], "big"), 16
        stop = start + size if size else end
        if not start + head <= stop <= end:
            raise ValueError("a box that ends beyond the one it is in")
        yield data[start + 4 : start + 8], start + head, stop
        start = stop


def _wide(data: bytes, start: int, narrow: int = 0) -> int:
    """Bytes of a number in a box whose body starts there; `narrow` is the last version with short ones."""
    return 2 if data[start] <= narrow else 4


def _flags(data: bytes, start: int, end: int) -> dict[int, int]:
    """Where the byte of each item stands whose lowest bit hides it."""
    places = {}
    for _kind, begin, _stop in _boxes(data, start + 4 + _wide(data, start), end):
        wide = _wide(data, begin, narrow=2)
        places[int.from_bytes(data[begin + 4 : begin + 4 + wide], "big")] = begin + 3
    return places


def _tiles_of(data: bytes, picture: bytes, start: int, end: int) -> list[int]:
    """The items that the picture is made of, in their order. Raises ValueError if there are none."""
    wide = _wide(data, start)
    for kind, begin, stop in _boxes(data, start + 4, end):
        of, items = data[begin : begin + wide], data[begin + wide + 2 : stop]
        if kind == b"dimg" and int.from_bytes(of, "big") == int.from_bytes(picture, "big"):
            return [int.from_bytes(items[at : at + wide], "big") for at in range(0, len(items), wide)]
    raise ValueError("a picture that is not made of tiles")
