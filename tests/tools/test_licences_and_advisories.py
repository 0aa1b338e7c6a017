"""Every pinned package has a licence that is allowed, and what is known against it is written."""

import re
from pathlib import Path

import pytest

from tools.licences import ALLOWED, PAGE, Package, page, pinned, read_pins

ROOT = Path(__file__).parents[2]
ADVISORIES = ROOT / "docs" / "advisories.md"
ROW = re.compile(
    r"^\| ([a-z0-9-]+) \| ([\w.]+) \| ((?:CVE|GHSA|PYSEC)-[^|]+) \| [^|]+ \| ([^|]+) \|$", re.M
)


def pins() -> dict[str, str]:
    return {package.name: package.version for package in read_pins()}


def forbidden(packages: list[Package]) -> list[str]:
    """Packages without a known licence, or with one that is not allowed."""
    return [one.name for one in packages if not one.parts or not one.parts <= set(ALLOWED)]


def test_the_page_of_licences_is_the_one_that_the_tool_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(read_pins())


def test_every_pinned_package_has_a_licence_that_is_allowed() -> None:
    packages = read_pins()

    assert len(packages) > 150
    assert forbidden(packages) == []


@pytest.mark.parametrize(
    "licence", ["", "GPL-3.0-only", "MIT AND AGPL-3.0-or-later", "Proprietary"]
)
def test_another_licence_would_be_noticed(licence: str) -> None:
    assert forbidden([Package("other", "1.0", licence)]) == ["other"]


def test_a_package_that_nobody_has_installed_has_no_licence() -> None:
    [package] = pinned("no-such-package-anywhere==1.0\n")

    assert package.licence == ""


def test_every_reason_is_given() -> None:
    assert [one for one, why in ALLOWED.items() if len(why) < 20] == []


def test_advisories_are_about_the_versions_that_are_pinned_and_give_a_reason() -> None:
    rows = ROW.findall(ADVISORIES.read_text(encoding="utf-8"))

    assert len(rows) >= 7
    assert [(name, version) for name, version, *_ in rows if pins().get(name) != version] == []
    assert [name for name, _, _, reason in rows if len(reason) < 8] == []


def test_the_server_with_known_holes_is_named_as_one_never_to_run() -> None:
    told = ADVISORIES.read_text(encoding="utf-8")
    operations = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")

    assert "chromadb.app:app" in told.partition("- Never:")[2]
    assert "advisories.md" in operations
    programs = [p for p in ROOT.rglob("*.py") if p.parts[len(ROOT.parts)] not in (".venv", "tests")]
    assert [str(p) for p in programs if "chromadb.app" in p.read_text(encoding="utf-8")] == []
