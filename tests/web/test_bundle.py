"""Scripts and style sheets as browsers get them: one script, and nothing that is for people only."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cabinet.web import assets, bundle

MODULES = sorted((assets.SOURCE / "js").glob("*.js"))
STRIPPED = [*MODULES, *(path for path in sorted(assets.SOURCE.glob("*.[jc]s*")) if ".min." not in path.name)]


def write(folder: Path, **modules: str) -> Path:
    """A folder of modules."""
    folder.mkdir()
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text)
    return folder


def test_modules_come_after_what_they_import_and_once(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "js",
        main='import { b } from "./b.js";\nimport "./c.js";\nconst a = b;\n',
        b='import {\n  c,\n  d,\n} from "./c.js";\nexport const b = c + d;\n',
        c="export let c = 1;\nexport const d = 2;\n",
    )
    assert bundle.join(folder).decode() == (
        '(() => {\n"use strict";\nlet c = 1;\nconst d = 2;\nconst b = c + d;\nconst a = b;\n})();\n'
    )


@pytest.mark.parametrize(
    "line",
    [
        'import { a as b } from "./b.js";',
        'import b from "./b.js";',
        'import * as b from "./b.js";',
        'import { a } from "elsewhere";',
        "export default 1;",
        "export { a };",
        'export * from "./b.js";',
    ],
)
def test_what_cannot_be_joined_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(ValueError, match=r"main\.js: cannot join"):
        bundle.join(write(tmp_path / "js", main=f"{line}\n", b="export const a = 1;\n"))


def test_one_name_for_two_things_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "js", main='import "./b.js";\nconst same = 1;\n', b="let same = 2;\n")
    with pytest.raises(ValueError, match="same"):
        bundle.join(folder)


def test_scripts_lose_what_is_for_people() -> None:
    source = (
        "/*! licence\n   kept */\n// gone\n/** @type {number} */\nconst a = /** @type {any} */ (b);\n\n"
        '/**\n * Gone.\n */\nif (a) {\n  // gone\n  c("// stays"); // stays\n}\n'
    )
    assert bundle.strip("x.js", source.encode()).decode() == (
        '/*! licence\nkept */\nconst a = (b);\nif (a) {\nc("// stays"); // stays\n}\n'
    )


def test_sheets_lose_what_is_for_people() -> None:
    source = "/* gone */\na {\n  /* gone,\n  too */\n  color: red; /* stays */\n}\n\nb {\n  top: 0;\n}\n"
    assert bundle.strip("x.css", source.encode()).decode() == (
        "a {\ncolor: red; /* stays */\n}\nb {\ntop: 0;\n}\n"
    )


@pytest.mark.parametrize("name", ["htmx.min.js", "photo.png", "icon.svg", "VENDORED.md"])
def test_other_files_stay_as_they_are(name: str) -> None:
    assert bundle.strip(name, b"  // as it is\n\n") == b"  // as it is\n\n"


def test_the_modules_are_served_as_one_script_only() -> None:
    names = bundle.sources(assets.SOURCE)
    assert "app.js" in names and not [name for name in names if name.startswith("js/")]
    script = names["app.js"].decode()
    assert not re.search(r"^(import|export)\b|^\s|^//|/\*", script, re.M)


def test_every_module_is_imported() -> None:
    imported = {name for path in MODULES for name in re.findall(r'"\./([\w-]+\.js)"', path.read_text())}
    assert imported == {path.name for path in MODULES} - {"main.js"}


@pytest.mark.parametrize("path", STRIPPED, ids=lambda path: path.name)
def test_no_source_has_what_stripping_would_harm(path: Path) -> None:
    """A template literal ends on its line, and /** begins nothing but a comment."""
    for line in path.read_text(encoding="utf-8").splitlines():
        assert line.count("`") % 2 == 0, line
        before = line.partition("/**")[0] if "/**" in line else ""
        assert before.count('"') % 2 == 0, line


def test_the_script_parses(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node; browsers say the same")
    for name, data in bundle.sources(assets.SOURCE).items():
        if name.endswith(".js"):
            (tmp_path / name).write_bytes(data)
            subprocess.run([node, "--check", tmp_path / name], check=True)
