"""The npm package of the embedding script: the same script, typed, with examples that are right."""

import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from cabinet.web import assets, bundle
from config import ROOT
from tests.missing import missing

PACKAGE, TSC = ROOT / "embed", ROOT / "node_modules" / ".bin" / "tsc"


@pytest.mark.slow
def test_what_is_packed_is_what_is_served(tmp_path: Path) -> None:
    npm = shutil.which("npm")
    if not npm:
        missing("no npm: install Node.js")
    shutil.copytree(PACKAGE, tmp_path / "embed")
    (tmp_path / "cabinet" / "static").mkdir(parents=True)
    shutil.copy(assets.SOURCE / "embed.js", tmp_path / "cabinet" / "static")
    subprocess.run([npm, "pack", "--offline"], cwd=tmp_path / "embed", check=True, capture_output=True)
    (archive,) = (tmp_path / "embed").glob("*.tgz")
    with tarfile.open(archive) as packed:
        script = packed.extractfile("package/embed.js")
        assert script and bundle.strip("embed.js", script.read()) == bundle.sources(assets.SOURCE)["embed.js"]
        names = {name.removeprefix("package/") for name in packed.getnames()}
    assert names == {"package.json", "README.md", "embed.js", "embed.d.ts", "react.d.ts"}


def test_what_the_package_points_to_is_in_it() -> None:
    package = json.loads((PACKAGE / "package.json").read_text())
    pointed = {str(path) for entry in package["exports"].values() for path in entry.values()}
    assert {path.removeprefix("./") for path in pointed} <= set(package["files"])


def test_types_name_every_event_and_attribute_of_the_script() -> None:
    script, types = (assets.SOURCE / "embed.js").read_text(), (PACKAGE / "embed.d.ts").read_text()
    for event in ("ready", "error", "step", "registered", "login", "logout", "request"):
        assert f'"cabinet:{event}"' in types and event in script
    for attribute in ("cabinet", "theme", "accent", "lang", "start"):
        assert f'"data-{attribute}"' in types and attribute in script


@pytest.mark.slow
def test_the_examples_are_right_and_a_wrong_one_is_not(tmp_path: Path) -> None:
    if not TSC.exists():
        missing("no TypeScript: run make check once")
    shutil.copytree(PACKAGE, tmp_path / "embed")
    shutil.copy(ROOT / "tsconfig.json", tmp_path)
    check = [str(TSC), "-p", str(tmp_path / "embed")]
    assert subprocess.run(check, capture_output=True).returncode == 0
    example = tmp_path / "embed" / "examples" / "react.tsx"
    example.write_text(example.read_text().replace('data-theme="auto"', 'data-theme="blue"'))
    told = subprocess.run(check, capture_output=True, text=True)
    assert told.returncode != 0 and "data-theme" in told.stdout
