"""Texts in cells of tables that spreadsheets open: none is taken for a formula."""

import re

DANGEROUS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
UNSEEN = "\ufeff\u200b\u200c\u200d\u2060"  # of no width; spaces of all kinds are skipped, too


def disarmed(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would evaluate it."""
    seen = re.sub(rf"^[\s{UNSEEN}]+", "", text)
    harmful = seen.startswith(DANGEROUS) or text.startswith(("\t", "\r", "\n"))
    return "'" + text if harmful else text
