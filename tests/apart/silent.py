"""Takes CPU for as long as it may, without running any Python or, if told so, for two seconds in Python."""

import hashlib
import sys
from time import process_time


def main() -> None:
    if sys.argv[1:]:
        while process_time() < 2:
            pass
    else:
        hashlib.pbkdf2_hmac("sha256", b"", b"", (1 << 31) - 1)
