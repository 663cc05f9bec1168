"""Scripts and style sheets as browsers get them: two scripts, and nothing that is for people only."""

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
    assert bundle.join(folder)[0].decode() == (
        '(() => {\n"use strict";\nlet c = 1;\nconst d = 2;\nconst b = c + d;\nconst a = b;\n})();\n'
    )


def test_the_later_script_has_nothing_twice(tmp_path: Path) -> None:
    """What the first one has it borrows, by name."""
    folder = write(
        tmp_path / "js",
        main='import "./b.js";\nimport "./lent.js";\n',
        b="export const b = 1;\n",
        lent='import { b } from "./b.js";\nimport { lend } from "./ahead.js";\n\nlend({ b });\n',
        ahead="export const lend = given => given;\n",
        later='import { b } from "./b.js";\nimport { c } from "./c.js";\nconst a = b + c;\n',
        c='import "./b.js";\nexport const c = 3;\n',
    )
    first, later = (script.decode() for script in bundle.join(folder))
    assert first.count("const b = 1;") == 1 and "const c" not in first
    assert later == (
        '(() => {\n"use strict";\nconst { b } = document.currentScript.lent;\n'
        "const c = 3;\nconst a = b + c;\n})();\n"
    )


@pytest.mark.parametrize(
    ("lends", "said"),
    [("lend({});", "not lent to later.js: b"), ("lend({ b, d });", "not borrowed by later.js: d")],
)
def test_what_is_lent_is_what_is_borrowed(tmp_path: Path, lends: str, said: str) -> None:
    folder = write(
        tmp_path / "js",
        main=f'import "./b.js";\n{lends}\n',
        b="export const b = 1;\n",
        later='import { b } from "./b.js";\nconst a = b;\n',
    )
    with pytest.raises(ValueError, match=said):
        bundle.join(folder)


def test_nothing_that_changes_is_borrowed(tmp_path: Path) -> None:
    """The later script would see the value that it had, not the one that it has."""
    folder = write(
        tmp_path / "js",
        main='import "./b.js";\nlend({ b });\n',
        b="export let b = 1;\n",
        later='import { b } from "./b.js";\nconst a = b;\n',
    )
    with pytest.raises(ValueError, match=r"changes, and cannot be lent: b"):
        bundle.join(folder)


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
    assert bundle.strip("x.css", source.encode()).decode() == ("a {color: red; /* stays */\n}b {top: 0;}")


@pytest.mark.parametrize("name", ["htmx.min.js", "photo.png", "icon.svg", "VENDORED.md"])
def test_other_files_stay_as_they_are(name: str) -> None:
    assert bundle.strip(name, b"  // as it is\n\n") == b"  // as it is\n\n"


def test_the_modules_are_served_as_two_scripts_only() -> None:
    names = bundle.sources(assets.SOURCE)
    assert not [name for name in names if name.startswith("js/")]
    for script in ("app.js", "later.js"):
        assert not re.search(r"^(import|export)\b|^\s|^//|/\*", names[script].decode(), re.M)


def test_every_module_is_imported() -> None:
    imported = {name for path in MODULES for name in re.findall(r'"\./([\w-]+\.js)"', path.read_text())}
    assert imported == {path.name for path in MODULES} - {"main.js", "later.js"}


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
