"""Ask the OSV database whether a pinned package has a known vulnerability.

Exit codes: 0 none has, 1 some have (each is named), 2 there was no audit, or not of all packages. pip-audit
alone ends with 0 when it could look up nothing, and with a traceback when nobody answers. `make audit` runs
this in .venv-tools; OSV_URL names a mirror.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
# the first includes those of production
FILES = (
    "requirements-dev.txt",
    "requirements-tools.txt",
    "requirements-scan.txt",
)
SERVICE = "https://api.osv.dev/v1/query"
EXCEPTION = re.compile(r"[\w.]+Error\b(?=$|: )")  # what a traceback ends with


def main() -> None:
    """Run pip-audit over every compiled file."""
    service = os.environ.get("OSV_URL", SERVICE)
    program = str(Path(sys.executable).with_name("pip-audit"))
    command = [program, "--disable-pip", "--vulnerability-service", "osv", "--osv-url", service]
    command += ["--format", "json", "--desc", "off", "--progress-spinner", "off"]
    command += [word for file in FILES for word in ("--requirement", str(ROOT / file))]
    code, text = audit(command, service)
    print(text, file=sys.stderr if code == 2 else sys.stdout)
    sys.exit(code)


def audit(command: list[str], service: str) -> tuple[int, str]:
    """Run `command`, a call of pip-audit with JSON output: the exit code and what to say."""
    answer = subprocess.run(command, capture_output=True, text=True)
    try:
        packages: list[dict[str, Any]] = json.loads(answer.stdout)["dependencies"]
    except (ValueError, KeyError):
        last = (answer.stderr.strip().splitlines() or ["it said nothing"])[-1]
        reason = EXCEPTION.match(last) or [last]
        return 2, f"No audit: the advisories of {service} could not be read ({reason[0]})."
    found = [_finding(package, flaw) for package in packages for flaw in package.get("vulns", ())]
    if found:
        return 1, "\n".join(found)
    unknown = [package["name"] for package in packages if "skip_reason" in package]
    if unknown or not packages:
        return 2, f"No full audit: {service} knows nothing of {', '.join(unknown) or 'any package'}."
    return 0, f"No known vulnerability in {len(packages)} packages."


def _finding(package: dict[str, Any], flaw: dict[str, Any]) -> str:
    names = ", ".join([flaw["id"], *flaw.get("aliases", ())])
    fixed = ", ".join(flaw["fix_versions"])
    remedy = f"fixed in {fixed}" if fixed else "no fixed version yet"
    return f"{package['name']} {package['version']}: {names}; {remedy}"


if __name__ == "__main__":
    main()
