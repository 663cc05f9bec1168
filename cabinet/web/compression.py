"""Compresses the page that all visitors share; no other, for pages hold secrets beside what people typed.

Whoever could put guesses at a secret into a page would see by its length which one is right (BREACH): see
https://www.breachattack.com. The page for all has nothing of the visitor's but the token of its forms.
"""

from functools import lru_cache

import brotli
from flask import Response
from werkzeug.http import parse_accept_header

from cabinet.web.current import request
from cabinet.web.security import vary

QUALITY = 5  # 11 saves 60 bytes more and takes ten times as long


def compress(response: Response) -> Response:
    """By brotli, if the browser takes it."""
    vary(response, "Accept-Encoding")
    if _takes_brotli(request.headers.get("Accept-Encoding", "")):
        response.set_data(brotli.compress(response.get_data(), mode=brotli.MODE_TEXT, quality=QUALITY))
        response.headers["Content-Encoding"] = "br"
    return response


@lru_cache(maxsize=256)
def _takes_brotli(accepted: str) -> bool:
    return parse_accept_header(accepted)["br"] > 0
