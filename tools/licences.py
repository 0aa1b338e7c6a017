"""Writes docs/licences.md: the licence of every package that requirements.txt pins.

`python -m tools.licences`, in an environment with the pinned packages.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "licences.md"
_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==(?P<version>[^\s;]+)", re.M)
_JOINS = re.compile(r"\s+(?:AND|OR)\s+|[()]")

PERMISSIVE = "may be used, changed and passed on with its notice"
ALLOWED: Mapping[str, str] = {
    **dict.fromkeys(
        (
            *("0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause"),
            *("BSD-3-Clause", "BSL-1.0", "CC0-1.0", "CNRI-Python", "ISC", "MIT", "MIT-0"),
            *("MIT-CMU", "PSF-2.0", "Unlicense", "Zlib"),
        ),
        PERMISSIVE,
    ),
    "MPL-2.0": "its own files stay under it; they are used as they come, and nothing is copied",
    "LGPL-3.0-only": "a library of its own that anybody can replace; it is used as it comes",
    "OFL-1.1": "letters that may be embedded in documents; they are not sold by themselves",
}
"""The licences that a package may have, each with the reason."""

# Names that packages give their licence, as SPDX identifiers.
_SPDX = {
    "MIT License": "MIT",
    "Apache Software License": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache 2.0 License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "3-Clause BSD License": "BSD-3-Clause",
    "Python Software Foundation License": "PSF-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "SIL Open Font License 1.1 (OFL-1.1)": "OFL-1.1",
    "ISC License (ISCL)": "ISC",
    "The Unlicense (Unlicense)": "Unlicense",
    "MIT License; Apache Software License": "MIT OR Apache-2.0",
    "Apache Software License; MIT License": "MIT OR Apache-2.0",
    "BSD-3-Clause, Apache-2.0, dependency licenses": "BSD-3-Clause AND Apache-2.0",
}
# Read in the packages' own LICENSE files: they name none in their metadata, or are installed on
# other systems only.
_READ = {
    "async-timeout": "Apache-2.0",
    "colorama": "BSD-3-Clause",
    "httpx2-jsfetch": "BSD-3-Clause",
    "huey": "MIT",
}
HEAD = """# Licences

The packages that [requirements.txt](../requirements.txt) pins, with their licences as SPDX writes
them. `python -m tools.licences` writes this page; a test fails if a package is missing, or has a
licence that is not allowed.

| licence | why it is allowed |
|---|---|
{allowed}

| package | version | licence |
|---|---|---|
{packages}
"""


@dataclass(frozen=True, slots=True)
class Package:
    """A pinned package; `licence` is an SPDX expression, "" where none is known."""

    name: str
    version: str
    licence: str

    @property
    def parts(self) -> set[str]:
        """The single licences of the expression."""
        return {part.strip() for part in _JOINS.split(self.licence) if part.strip()}


def pinned(requirements: str) -> Iterator[Package]:
    """Yield the packages of a list of requirements, with their licences."""
    for match in _PINNED.finditer(requirements):
        yield Package(match["name"].lower(), match["version"], licence_of(match["name"]))


def licence_of(name: str) -> str:
    """Return the licence of a package as SPDX writes it, "" if it is not known."""
    if name.lower() in _READ:
        return _READ[name.lower()]
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return ""
    if "License-Expression" in told:
        return told["License-Expression"]
    classes = [c.split(" :: ")[-1] for c in told.get_all("Classifier", []) if "License ::" in c]
    [written, *_] = told.get_all("License", [""])
    named = "; ".join(classes) or written.split("\n")[0].strip()
    return _SPDX.get(named, named)


def page(packages: list[Package]) -> str:
    """Return the page in Markdown."""
    used = {part for package in packages for part in package.parts}
    allowed = [f"| {one} | {why} |" for one, why in sorted(ALLOWED.items()) if one in used]
    rows = [f"| {one.name} | {one.version} | {one.licence} |" for one in packages]
    return HEAD.format(allowed="\n".join(allowed), packages="\n".join(rows))


def read_pins() -> list[Package]:
    """Return what requirements.txt pins."""
    return list(pinned((ROOT / "requirements.txt").read_text(encoding="utf-8")))


if __name__ == "__main__":
    PAGE.write_text(page(read_pins()), encoding="utf-8")
