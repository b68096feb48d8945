"""Licences of what the page is made of: their texts have to travel with it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .node import BuildFailed

# Only needed for the build, yet something of it is in what is built: Tailwind's reset of styles.
IN_THE_BUILD = ("tailwindcss",)
# npm's marks of what only developers need.
OMITTED = {"dev", "devOptional"}
# What may be bundled with a program under Apache-2.0 that anybody may use for anything.
ALLOWED = frozenset(
    {"MIT", "MIT-0", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "OFL-1.1", "CC0-1.0", "Unlicense", "Zlib"}
)
TEXT_NAMES = re.compile(r"(licen[cs]e|copying|notice)([.-].*)?", re.IGNORECASE)
# For packages that name a licence and bring no text of it.
STANDARD_TEXTS = {
    "MIT": """Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge,
publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so,
subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR
ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH
THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE."""
}
HEAD = """Farthing's page contains the following packages, or parts of them. Farthing itself is under Apache-2.0.

"""
RULE = "\n" + "=" * 100 + "\n"


@dataclass(frozen=True)
class Package:
    """A package of npm that is bundled. `text`: what it says of its licence, whole."""

    name: str
    version: str
    licence: str
    text: str


def third_party(ui: Path) -> str:
    """The packages in ui/node_modules that are bundled, with their licences and the texts of these. Raises BuildFailed."""
    packages = bundled(ui)
    lines = [f"{package.name} {package.version} ({package.licence})" for package in packages]
    by_text: dict[str, list[str]] = {}
    for package, line in zip(packages, lines, strict=True):
        by_text.setdefault(package.text, []).append(line)
    texts = ["\n".join(names) + "\n\n" + text + "\n" for text, names in by_text.items()]
    return HEAD + RULE.join(["\n".join(lines) + "\n", *texts])


def bundled(ui: Path) -> list[Package]:
    """The production dependencies of the lock file, by name. Raises BuildFailed for a licence that is not allowed."""
    lock: Mapping[str, Mapping[str, Any]] = json.loads((ui / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    paths = [path for path, told in lock.items() if path and (not OMITTED & told.keys() or _name(path) in IN_THE_BUILD)]
    found = {package.name + "@" + package.version: package for path in paths if (package := _package(ui, path, lock[path]))}
    refused = [f"{one.name} {one.version}: {one.licence or 'none told'}" for _, one in sorted(found.items()) if not allowed(one.licence)]
    if refused:
        raise BuildFailed(
            f"licences that may not be bundled: {'; '.join(refused)}\nexpected: {', '.join(sorted(ALLOWED))}\n"
            "to do: take another package, or argue for the licence in scripts/screen/licences.py"
        )
    return [package for _, package in sorted(found.items())]


def allowed(licence: str) -> bool:
    """Whether an SPDX expression gives one of the licences that are allowed, by itself or to choose.

    >>> allowed("(MIT OR GPL-3.0)"), allowed("MIT AND GPL-3.0"), allowed("")
    (True, False, False)
    """
    choices = re.split(r"\s+OR\s+", licence.strip().strip("()"))
    return any(all(part.strip("() ") in ALLOWED for part in re.split(r"\s+AND\s+", choice)) for choice in choices)


def _package(ui: Path, path: str, told: Mapping[str, Any]) -> Package | None:
    folder = ui / path
    if not (folder / "package.json").is_file():
        if told.get("optional"):
            return None  # for another kind of machine
        raise BuildFailed(f"ui/{path} is in the lock file and not installed\nto do: make screen")
    own = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    licence = _licence(own)
    if not allowed(licence):
        return Package(_name(path), str(own["version"]), licence, "")  # refused above, with all others that are
    files = sorted(one for one in folder.iterdir() if one.is_file() and TEXT_NAMES.fullmatch(one.name))
    text = "\n\n".join(one.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n").strip() for one in files)
    return Package(_name(path), str(own["version"]), licence, text or _without_text(own, licence))


def _name(path: str) -> str:
    return path.rpartition("node_modules/")[2]


def _licence(own: Mapping[str, Any]) -> str:
    told = own.get("license") or own.get("licenses") or ""
    if isinstance(told, list):
        return " OR ".join(_licence({"license": one}) for one in told)
    return str(told.get("type", "")) if isinstance(told, dict) else str(told)


def _without_text(own: Mapping[str, Any], licence: str) -> str:
    if licence not in STANDARD_TEXTS:
        raise BuildFailed(
            f"{own['name']} {own['version']} brings no text of its licence, {licence or 'none told'}\n"
            f"expected: a file LICENSE in it, or one of {', '.join(STANDARD_TEXTS)}\n"
            "to do: add the standard text to scripts/screen/licences.py"
        )
    author = own.get("author") or ""
    who = author.get("name", "") if isinstance(author, dict) else str(author)
    home = own.get("homepage") or own.get("repository") or ""
    where = home.get("url", "") if isinstance(home, dict) else str(home)
    by = f" It is by {who}." if who else ""
    told = f"This package says that its licence is {licence}, and brings no text of it.{by} Its home: {where or 'not told'}"
    return told + "\n\n" + STANDARD_TEXTS[licence]
