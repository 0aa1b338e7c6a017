"""The recipes for contributors name what is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QUOTED = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"(?:[\w.-]+/)+[\w.-]*|[\w.-]+\.(?:md|toml|py|txt|lock|yaml)|\.env\.example")
RECIPES = (
    "read another file format",
    "add a setting",
    "change a table",
    "add a page",
    "change a prompt",
)


def page() -> str:
    return (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def sections() -> dict[str, str]:
    parts = re.split(r"^## (?:Recipe: )?(.+)\n", page(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def paths(text: str) -> list[str]:
    named = {quoted for quoted in QUOTED.findall(text) if PATH.fullmatch(quoted)}
    links = re.findall(r"\]\(([^)#]+)\)", text)
    return sorted({*named, *links} - {"page.py", "__init__.py"})


def code(folders: list[str]) -> str:
    files = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_every_file_and_folder_that_is_named_exists() -> None:
    named = paths(page())

    assert len(named) > 40
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_every_command_of_make_that_is_named_exists() -> None:
    targets = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)

    assert set(re.findall(r"\bmake ([a-z]+)\b(?=[`\s])", page())) <= set(targets)


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_has_steps_and_tests_that_hold_it(recipe: str) -> None:
    steps, _, held = sections()[recipe].partition("\nHeld by ")

    assert len(re.findall(r"^\d\. ", steps, re.MULTILINE)) >= 4
    assert [name for name in paths(held) if name.startswith("tests/")] != []


def test_names_of_the_code_in_recipes_are_in_the_code() -> None:
    names = {
        quoted
        for recipe in RECIPES
        for quoted in QUOTED.findall(sections()[recipe])
        if re.fullmatch(r"\w+", quoted) and quoted != "version"
    }
    source = code(["core", "ingestion", "rag", "ui", "tests"])

    assert len(names) > 12
    assert [name for name in sorted(names) if not re.search(rf"\b{name}\b", source)] == []


def test_contracts_that_are_named_exist() -> None:
    contracts = re.findall(r'^name = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.M)
    named = re.findall(r'contract "([^"]+)"', page())

    assert named
    assert all(any(full.startswith(name) for full in contracts) for name in named)


def test_every_page_has_a_test_of_its_own() -> None:
    pages = {path.parent.name for path in (ROOT / "ui").glob("*/page.py")}

    tested = {path.name for path in (ROOT / "tests/ui").glob("test_*_page.py")}

    assert {f"test_{name}_page.py" for name in pages} - tested == set()
