"""Write `var/sbom.json`, a CycloneDX list of what a production installation is made of.

The packages of requirements.txt and the files of `cabinet/static/VENDORED.md`. `make sbom` runs this.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
VENDORED = ROOT / "cabinet" / "static" / "VENDORED.md"
TARGET = ROOT / "var" / "sbom.json"
ROW = re.compile(
    r"\| `(?P<file>[^`]+)` \| npm `(?P<name>[^`]+)`[^|]*\| (?P<version>\S+) \| (?P<licence>\S+)"
    r" \| `(?P<sha256>[0-9a-f]{64})` \|"
)


def main() -> None:
    """Write it and say how much it lists; exits with 1 where the list would break its own format."""
    document = complete(_packages())
    text = json.dumps(document, indent=2) + "\n"
    if fault := _fault(text):
        sys.exit(f"The list is not valid CycloneDX: {fault}")
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(text)
    print(f"{TARGET.relative_to(ROOT)}: {len(document['components'])} components")


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Add what requirements.txt does not know: Cabinet itself and the vendored files."""
    for component in document["components"]:
        component["bom-ref"] = component["purl"]  # instead of a line number
        component.pop("description", None)  # the line itself, with all its hashes again
    document["components"] += vendored(VENDORED.read_text(encoding="utf-8"))
    cabinet = {"type": "application", "bom-ref": "cabinet", "name": "cabinet", "version": version()}
    document["metadata"]["component"] = cabinet | {"licenses": [{"license": {"id": "MIT"}}]}
    parts = [component["bom-ref"] for component in document["components"]]
    document["dependencies"] = [{"ref": "cabinet", "dependsOn": parts}, *({"ref": part} for part in parts)]
    return document


def vendored(text: str) -> list[dict[str, Any]]:
    """The rows of VENDORED.md as components."""
    return [
        {
            "type": "library",
            "bom-ref": f"pkg:npm/{row['name']}@{row['version']}",
            "name": row["name"],
            "version": row["version"],
            "purl": f"pkg:npm/{row['name']}@{row['version']}",
            "licenses": [{"license": {"id": row["licence"]}}],
            "hashes": [{"alg": "SHA-256", "content": row["sha256"]}],  # of the file as it is served
        }
        for row in ROW.finditer(text)
    ]


def version() -> str:
    """The version of Cabinet, read without importing it: this environment has no Flask."""
    found = re.search(r'__version__ = "([^"]+)"', (ROOT / "cabinet" / "__init__.py").read_text("utf-8"))
    assert found, "cabinet/__init__.py has no __version__"
    return found[1]


def _packages() -> dict[str, Any]:
    command = [str(Path(sys.executable).with_name("cyclonedx-py")), "requirements", "requirements.txt"]
    command += ["--output-reproducible", "--output-format", "JSON", "--output-file", "-"]
    answer = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    document: dict[str, Any] = json.loads(answer.stdout)
    return document


def _fault(text: str) -> object:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    release = SchemaVersion.from_version(json.loads(text)["specVersion"])
    return JsonStrictValidator(release).validate_str(text)


if __name__ == "__main__":
    main()
