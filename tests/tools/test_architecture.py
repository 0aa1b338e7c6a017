"""The page about the architecture names every folder with its own sentence, and no other."""

import ast
import re
from pathlib import Path

from benchmarks.material.place import RESULTS

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| `([\w/]+)/` \| (.+) \|$", re.MULTILINE)
NO_CODE = {".git", ".venv", "build", "data", "dist", "docs", "tests"}
MOST_FILES = 18


def code_folders() -> list[Path]:
    tops = [p for p in ROOT.iterdir() if p.is_dir() and p.name not in NO_CODE and p.name[0] != "."]
    folders = (folder for top in tops for folder in (top, *top.rglob("*")) if folder.is_dir())
    return [f for f in folders if f.name != "versions" and any(f.glob("*.py"))]


def first_sentence(folder: Path) -> str:
    source = (folder / "__init__.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def test_every_folder_is_named_with_its_own_sentence() -> None:
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")

    named = dict(ROW.findall(page))

    assert named == {str(f.relative_to(ROOT)): first_sentence(f) for f in code_folders()}
    assert all(named.values())


def test_no_folder_holds_more_than_a_reader_takes_in() -> None:
    sizes = {str(f.relative_to(ROOT)): len(list(f.glob("*.py"))) for f in code_folders()}

    assert {name: size for name, size in sizes.items() if size > MOST_FILES} == {}


def test_files_that_the_page_names_exist() -> None:
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")

    named = set(re.findall(r"`([\w/]+/[\w/]+\.py)`", page))

    assert named
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


def test_benchmarks_write_where_their_results_lie() -> None:
    assert RESULTS == ROOT / "benchmarks/results"
    assert RESULTS.is_dir()
