"""Every goal of speed that needs no peer beside it: python bench/goals.py [--quick]

Printed: what is measured, its goal, and what was not measured. Memory is PSS; idle time and growth are
processor seconds, which hold on a busy machine; what other scripts print comes of one run each. `--quick`
leaves those scripts out, which take most of the quarter of an hour. Rows beside other programs: RESULTS.md.
"""

import argparse
import http.client
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from bench.support.growth import growth
from bench.support.processes import cpu_seconds, family, pss_mib, without_rich
from cabinet.commands.bytecode import compile_modules
from tests.ports import free_port
from tests.test_statements import COSTS

IDLE = 30  # seconds
LOAD = 2000  # first pages
SCRIPTS = {  # each with the seconds that it may take
    "page_weight.py": (["--no-lighthouse"], 60),
    "login_storm.py": ([], 120),
    "import_billing.py": (["--rows", "1000000", "--rounds", "1"], 240),
    "import_beside_residents.py": (["--into", "1000000"], 240),
}
UNMEASURED = (
    "account step at 30 million charges beside the bare look-up: its data take ten minutes to make",
    "whole registrations as a share of bcrypt, and a storm with the worker",
    "all that is compared with other programs: see bench/RESULTS.md",
)


def row(what: str, measured: str, goal: str, held: bool | None = None) -> None:
    """Print one row of the table."""
    verdict = {True: "held", False: "MISSED", None: ""}[held]
    print(f"{what:<52} {measured:>14}   {goal:<12} {verdict}", flush=True)


def statements() -> None:
    """The committed table, which tests/test_statements.py holds."""
    whole, page = COSTS["registration"], COSTS["cabinet"]
    most = max(cost.commits for step, cost in COSTS.items() if step not in ("registration", "SMS of a code"))
    row(
        "statements of a registration, SQLite / PostgreSQL",
        f"{whole.sqlite} / {whole.postgres}",
        "60",
        whole.postgres <= 60,
    )
    row("statements of the signed-in page", str(page.postgres), "3", page.postgres <= 3)
    row("most commits of a step", str(most), "2", most <= 2)


def environment(folder: Path, port: int) -> dict[str, str]:
    """Production on SQLite, whose gateway is never reached."""
    return {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder}/cabinet.db",
        "UPLOADS_FOLDER": str(folder / "uploads"),
        "IMPORTS_FOLDER": str(folder / "imports"),
        "SECRET_KEY": "q7Zt2mW9xK4vB1nR8sL5dH3gF6jP0yTc",
        "PASSWORD_PEPPER": "w8Xu3nV0yL5cC2oS9tM6eJ4hG7kQ1zUd",
        "PORT": str(port),
        "DEMO": "0",
        "PUBLIC_URL": "https://lk.example.ru",
        "SMS_BACKEND": "twilio",
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "token",
        "TWILIO_FROM": "+15005550006",
        "TWILIO_API_URL": "http://127.0.0.1:9",
        "MAIL_BACKEND": "smtp",
        "SMTP_URL": "smtp://127.0.0.1:9",
        "MAIL_FROM": "cabinet@example.org",
        "STAFF_EMAILS": "staff@example.org",
        "SUPPORT_PHONE": "+78005553535",
        "WEB_PROCESSES": "2",
        "REQUESTS_PER_MINUTE": "100000",
        "LOG_LEVEL": "WARNING",
        "PYTHONPATH": str(without_rich(folder)),
    }


@contextmanager
def running(env: dict[str, str], *command: str) -> Iterator[int]:
    """A process of production, by its id."""
    process = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=env)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(40)


def answered(port: int, times: int = 1, patience: float = 60) -> None:
    """Ask for the first page so many times; raises TimeoutError if the server does not begin to answer."""
    until, client = time.monotonic() + patience, http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while times:
        try:
            client.request("GET", "/")
            client.getresponse().read()
            times -= 1
        except ConnectionError:
            client.close()
            if time.monotonic() > until:
                raise TimeoutError from None
            time.sleep(0.02)


def processes(folder: Path) -> None:
    """Start, memory and idle time of production."""
    port = free_port()
    env = environment(folder, port)
    for command in (["build"], ["db", "upgrade"]):
        subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command],
            cwd=ROOT,
            env=env,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    begin = time.monotonic()
    with running(env, "cabinet.serve") as web:
        answered(port)
        seconds = time.monotonic() - begin
        used = sum(map(cpu_seconds, family(web)))
        row("start to first answer, two web processes", f"{seconds:.2f} s", "allauth's")
        row("… processor time of it", f"{used:.2f} s", "")
        with running(env, "flask", "--app", "wsgi", "worker") as worker:
            time.sleep(10)  # to settle
            everybody = [*family(web), *family(worker)]
            before = sum(map(cpu_seconds, everybody))
            time.sleep(IDLE)
            share = (sum(map(cpu_seconds, everybody)) - before) / IDLE * 100
            row("idle web and worker, of one core", f"{share:.2f} %", "< 0.5 %", share < 0.5)
            answered(port, LOAD)
            of_web, of_worker = sum(map(pss_mib, family(web))), sum(map(pss_mib, family(worker)))
            row("memory of two web processes after load", f"{of_web:.0f} MiB", "110 MiB", of_web <= 110)
            row("memory of the worker", f"{of_worker:.0f} MiB", "45 MiB", of_worker <= 45)


def scripts() -> None:
    """The scripts beside this one, each as long as it may take."""
    for name, (options, most) in SCRIPTS.items():
        print(f"\n== bench/{name}", flush=True)
        try:
            subprocess.run(
                [sys.executable, str(ROOT / "bench" / name), *options], cwd=ROOT, timeout=most, check=True
            )
        except subprocess.TimeoutExpired:
            print(f"not measured: it takes more than {most} s here")
        except subprocess.CalledProcessError as error:
            print(f"not measured: it ended with {error.returncode}")


def main() -> None:
    """Print the table."""
    logging.disable(logging.INFO)
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="without the other scripts")
    options = parser.parse_args()
    compile_modules()  # as an installation is
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
    row("", "measured", "goal")
    statements()
    with tempfile.TemporaryDirectory(prefix="cabinet-bench-") as name:
        for look, ratio in growth(Path(name)):
            row(f"growth ×10: {look}", f"× {ratio:.2f}", "1.1", ratio <= 1.1)
        processes(Path(name))
    if not options.quick:
        scripts()
    print("\nNot measured:", *UNMEASURED, sep="\n  ")


if __name__ == "__main__":
    main()
