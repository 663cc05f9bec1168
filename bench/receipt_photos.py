"""How many photographs of receipts are read, how exactly, at what cost: python bench/receipt_photos.py [500]

The photographs are made here, the same each time: sheets of A4 with codes of ГОСТ Р 56042, tilted, in
perspective, folded, shaded, out of focus, noisy, of 1.5 to 12 megapixels. Printed: the share that is read by
how near they were taken, those read wrongly, and the CPU seconds of the decoding process.
"""

import resource
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from bench.support.photographs import Photograph, photograph
from cabinet.receipts import codes
from cabinet.receipts.errors import RefusedFileError

GOAL_READ, GOAL_CPU = 0.95, 0.4


def cpu_of_children() -> float:
    """Seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def outcome(photo: Photograph) -> str:
    """read, wrong, or why it was not read."""
    try:
        slip = codes.read(photo.data)[0]
    except RefusedFileError as error:
        return error.code
    exact = (slip.account, slip.amounts[0], str(slip.period)) == (photo.account, photo.amount, "2026-10-01")
    return "read" if exact else "wrong"


def main() -> None:
    """Print the table; exit code 1 if a goal is missed."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    all_of, read_of, other, costs = Counter[str](), Counter[str](), Counter[str](), []
    for seed in range(count):
        photo = photograph(seed)
        before = cpu_of_children()
        found = outcome(photo)
        costs.append(cpu_of_children() - before)
        for group in ("all", f"taken of the {photo.frame}", f"{photo.megapixels:g} megapixels", photo.symbol):
            all_of[group] += 1
            read_of[group] += found == "read"
        if found != "read":
            other[found] += 1
            traits = " ".join(f"{name} {value:.2f}" for name, value in photo.traits.items())
            print(f"  {seed}: {found}, {photo.frame}, {photo.megapixels:g} MP, {photo.symbol}, {traits}")
    for group in sorted(all_of):
        print(
            f"{group:24} {read_of[group]:4} of {all_of[group]:4} read, {read_of[group] / all_of[group]:.1%}"
        )
    costs.sort()
    p95 = costs[int(len(costs) * 0.95)]
    print(f"not read: {dict(other)}; CPU seconds: median {costs[len(costs) // 2]:.3f}, p95 {p95:.3f}, "
          f"most {costs[-1]:.3f}")  # fmt: skip
    sys.exit(read_of["all"] < GOAL_READ * count or bool(other["wrong"]) or p95 > GOAL_CPU)


if __name__ == "__main__":
    main()
