"""How fast each format of billing files is imported, beside the same rows as CSV, and in how much memory.

    python bench/import_formats.py [--rows 200000] [--only csv sberbank gorod dbf xlsx ods xml]

Each import is a process of its own, into a fresh SQLite database. The peak is that of the importing process
and of its largest helper. Goals: text and DBF at most 1.3 times as long as the CSV and 200 MiB, a sheet at
least 20 000 rows a second and 700 MiB. An ods has half as many rows, for more would be refused by size.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from bench.import_billing import prepare
from tests.billing.formats import writers
from tests.billing.formats.truth import homes

FORMATS: dict[str, Callable[..., Path]] = {
    "csv": writers.csv, "sberbank": writers.sberbank, "gorod": writers.gorod, "dbf": writers.dbf,
    "xlsx": writers.xlsx, "ods": writers.ods, "xml": writers.platezhki,
}  # fmt: skip
CHILD = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from bench.import_billing import peak
from cabinet.billing.answers import Answers
from cabinet.billing.importer import import_billing
from cabinet.models import base
from cabinet.models.database import db
from config import Settings
from tests.billing.formats.truth import PERIOD
base.configure(Settings(database_url=sys.argv[1], secret_key="x" * 32))
with db.connection_context():
    report = import_billing(Path(sys.argv[2]), answers=Answers(period=PERIOD))
assert not report.rejected and not report.refused, (report.refused, report.rejects[:3])
print(peak(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10)
"""


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--only", nargs="*", choices=FORMATS, default=list(FORMATS))
    options = parser.parse_args()
    truth = [replace(home, account=str(7_000_000_000 + n)) for n, home in enumerate(homes(options.rows))]
    usual = 0.0
    with tempfile.TemporaryDirectory(prefix="cabinet-bench-") as folder:
        for name in options.only:
            rows = options.rows // 2 if name == "ods" else options.rows
            file = FORMATS[name](Path(folder, f"billing.{name}"), truth[:rows])
            url = f"sqlite:///{folder}/ours.db"
            prepare(url)
            begun = time.perf_counter()
            command = [sys.executable, "-c", CHILD, url, str(file), str(ROOT)]
            own, helper = subprocess.run(
                command, check=True, stdout=subprocess.PIPE, text=True
            ).stdout.split()
            seconds = time.perf_counter() - begun
            rate = rows / seconds
            usual = usual or rate
            print(
                f"{name:9} {file.stat().st_size >> 20:4} MiB {seconds:6.1f} s "
                f"{rate:8.0f} rows/s, a row x{usual / rate:.2f} of {options.only[0]}'s, "
                f"peak {own} + {helper} MiB",
                flush=True,
            )
            file.unlink()


if __name__ == "__main__":
    main()
