"""Static files: named by a digest of the content, compressed once, cached by browsers for a year.

`build` fills a folder from `cabinet/static/`; WhiteNoise serves it from memory before Flask sees the request.
"""

import gzip
import hashlib
import json
import os
import re
import secrets
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

import brotli
from flask import Flask, current_app
from whitenoise import WhiteNoise

from cabinet.models.base import settings
from cabinet.web import bundle
from cabinet.wording import brand
from config import ROOT

SOURCE = Path(__file__).parent.parent / "static"
BUILT = ROOT / "var" / "static"
PREFIX = "/static/"
YEAR = 365 * 24 * 3600  # seconds
COMPRESSED = (".css", ".js", ".svg", ".json", ".txt", ".html", ".webmanifest")
HEADERS = {
    "Cache-Control": f"public, max-age={YEAR}, immutable",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


def build(static_dir: Path, out_dir: Path, accent: str) -> dict[str, str]:
    """Make every static file servable and return {name: hashed name}; nothing is done when all is fresh.

    `app.css` gets the colours of `accent` (#rrggbb). Files of earlier builds stay, for pages open now.
    Raises ValueError for an accent that is not a colour, OSError when `out_dir` cannot be written.
    """
    sources = bundle.sources(static_dir)
    sources["app.css"] += brand.stylesheet(accent).encode()
    fingerprint = _digest(b"".join(f"{name} {_digest(data)}\n".encode() for name, data in sources.items()))
    manifest = out_dir.with_suffix(".json")
    fresh = _read_manifest(manifest)
    if fresh.get("fingerprint") == fingerprint and all(
        (out_dir / n).exists() for n in fresh["names"].values()
    ):
        return dict(fresh["names"])

    names: dict[str, str] = {}
    for name in sorted(
        sources, key=lambda n: n.endswith(".css")
    ):  # style sheets last: they refer to other files
        data = sources[name]
        if name.endswith(".css"):
            data = _point_to_hashed(data, Path(name).parent, names)
        stem, dot, ending = name.rpartition(".")
        names[name] = f"{stem}.{_digest(data)[:10]}{dot}{ending}" if dot else f"{name}.{_digest(data)[:10]}"
        target = out_dir / names[name]
        _write(target, data)
        if name.endswith(COMPRESSED):
            _write(target.with_name(target.name + ".br"), brotli.compress(data, quality=11))
            _write(target.with_name(target.name + ".gz"), gzip.compress(data, 9, mtime=0))
    _write(manifest, json.dumps({"fingerprint": fingerprint, "names": names}, indent=1).encode())
    return names


def asset(name: str) -> str:
    """The address of a static file: "app.css" gives "/static/app.1a2b3c4d5e.css". Raises LookupError."""
    names: dict[str, str] = current_app.extensions["assets"]
    return PREFIX + names[name]


def init_app(app: Flask) -> None:
    """Build what is stale and serve it."""
    app.extensions["assets"] = build(SOURCE, BUILT, settings().brand_accent)
    served = WhiteNoise(
        app.wsgi_app, prefix=PREFIX, allow_all_origins=False, max_age=None, add_headers_function=_add_headers
    )
    add_files(served)
    app.wsgi_app = served  # type: ignore[method-assign]


def add_files(served: WhiteNoise) -> None:
    """Have all built files served."""
    for path in BUILT.rglob("*"):
        if not path.name.startswith(".") and path.is_file():  # another process may be writing now
            served.add_file_to_dictionary(PREFIX + path.relative_to(BUILT).as_posix(), str(path))


def _add_headers(headers: Headers, _path: str, _url: str) -> None:
    for name, value in HEADERS.items():
        headers[name] = value


def _point_to_hashed(sheet: bytes, folder: Path, names: dict[str, str]) -> bytes:
    """Let `url(icon.svg)` in a style sheet name the hashed file; other addresses stay."""

    def replace(match: re.Match[str]) -> str:
        hashed = names.get((folder / match[1]).as_posix())
        return f'url("{os.path.relpath(hashed, folder)}")' if hashed else match[0]

    return re.sub(r"""url\(\s*["']?([\w./-]+)["']?\s*\)""", replace, sheet.decode()).encode()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text()))
    except (OSError, ValueError):
        return {}


def _write(path: Path, data: bytes) -> None:
    """Write at once: several processes may build the same file, and a reader never sees half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    temporary.write_bytes(data)
    temporary.replace(path)
