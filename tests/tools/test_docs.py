"""The pages of operations and security name what there is."""

import ast
import re
from pathlib import Path

import pytest

from bootstrap.configuration import known_names

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SETTING = re.compile(r"SANDBOX_[A-Z]+(?:_[A-Z]+)*(?:__[A-Z_]+)?")
PYTHON_FILE = re.compile(r"`([\w/]+\.py)(?:::(\w+))?")


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def located(name: str) -> Path | None:
    """Find a file as a page names it; tests are named from their folder on."""
    places = (ROOT / name, ROOT / "tests" / name)
    return next((place for place in places if place.is_file()), None)


def functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_the_operations_page_lists_every_setting() -> None:
    assert set(known_names()) - set(SETTING.findall(page("operations.md"))) == set()


@pytest.mark.parametrize("name", ["operations.md", "security.md", "architecture.md", "tables.md"])
def test_files_and_tests_that_a_page_names_exist(name: str) -> None:
    named = [(match[1], match[2]) for match in PYTHON_FILE.finditer(page(name)) if "/" in match[1]]

    missing = [file for file, _ in named if located(file) is None]
    lost = [
        f"{file}::{test}"
        for file, test in named
        if test and (path := located(file)) and test not in functions(path)
    ]

    assert (missing, lost) == ([], [])
