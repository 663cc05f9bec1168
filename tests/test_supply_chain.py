"""What `make audit` and `make sbom` say of the packages."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tools import audit, sbom

SERVICE = "https://advisories.example.org"


def _stub(folder: Path, out: str, err: str = "", code: int = 0) -> list[str]:
    """A program that behaves as pip-audit did."""
    (folder / "out").write_text(out)
    (folder / "err").write_text(err)
    return ["sh", "-c", f"cat {folder}/out; cat {folder}/err >&2; exit {code}"]


def _answer(*packages: Mapping[str, object]) -> str:
    return json.dumps({"dependencies": list(packages), "fixes": []})


def test_audit_without_findings(tmp_path: Path) -> None:
    flask, peewee = ({"name": name, "version": "1", "vulns": list[str]()} for name in ("flask", "peewee"))
    code, text = audit.audit(_stub(tmp_path, _answer(flask, peewee)), SERVICE)
    assert (code, text) == (0, "No known vulnerability in 2 packages.")


def test_audit_names_what_is_vulnerable_and_where_it_is_fixed(tmp_path: Path) -> None:
    flaw = {"id": "PYSEC-1", "aliases": ["CVE-2026-1"], "fix_versions": ["13.0.1"]}
    pillow = {"name": "pillow", "version": "13.0.0", "vulns": [flaw]}
    unknown = {"name": "unknown", "skip_reason": "not found"}
    code, text = audit.audit(_stub(tmp_path, _answer(pillow, unknown), code=1), SERVICE)
    assert code == 1 and text == "pillow 13.0.0: PYSEC-1, CVE-2026-1; fixed in 13.0.1"


@pytest.mark.parametrize(
    ("err", "reason"),
    [
        (
            "Traceback\n  File x\nrequests.exceptions.ConnectionError: Pool(…)\n",
            "ConnectionError)",
        ),
        ("Traceback\n  File x\npip_audit._service.interface.ServiceError\n", "ServiceError)"),
        ("ERROR:pip_audit._cli:invalid requirements input: x.txt", "invalid requirements input: x.txt)"),
        ("", "it said nothing)"),
    ],
)
def test_audit_says_in_one_line_that_there_was_none(tmp_path: Path, err: str, reason: str) -> None:
    code, text = audit.audit(_stub(tmp_path, "", err, code=1), SERVICE)
    assert code == 2 and "\n" not in text and SERVICE in text and reason in text


def test_audit_of_packages_nobody_knows_is_none(tmp_path: Path) -> None:
    """pip-audit itself ends with 0 then."""
    skipped = {"name": "flask", "skip_reason": "not found"}
    code, text = audit.audit(_stub(tmp_path, _answer(skipped)), SERVICE)
    assert code == 2 and "flask" in text
    assert audit.audit(_stub(tmp_path, _answer()), SERVICE)[0] == 2


def test_sbom_lists_cabinet_its_packages_and_the_vendored_files() -> None:
    package = {"bom-ref": "requirements-L1", "purl": "pkg:pypi/flask@3.1.3", "description": "flask --hash=…"}
    document = sbom.complete({"components": [package], "metadata": {}, "dependencies": []})
    flask, *vendored = document["components"]
    assert flask == {"bom-ref": "pkg:pypi/flask@3.1.3", "purl": "pkg:pypi/flask@3.1.3"}
    assert [row["name"] for row in vendored] == ["htmx.org"]
    assert document["metadata"]["component"]["version"] == sbom.version()
    refs = [component["bom-ref"] for component in document["components"]]
    assert document["dependencies"][0] == {"ref": "cabinet", "dependsOn": refs}


def test_sbom_reads_every_row_of_the_vendored_files() -> None:
    text = sbom.VENDORED.read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert rows and len(sbom.vendored(text)) == len(rows)
