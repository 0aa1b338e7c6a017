"""The page about the architecture names every folder with its own sentence, and no other."""

import ast
import re
from itertools import pairwise
from pathlib import Path

import pytest
from sqlmodel import SQLModel

import core.storage.tables  # noqa: F401  registers the tables
from benchmarks.material.place import RESULTS
from core.storage.tables.keywords import postgres_metadata

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


def diagrams() -> list[str]:
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    return re.findall(r"```mermaid\n(.+?)```", page, re.DOTALL)


def names_in_code() -> set[str]:
    """`Class`, `Class.method` and `function` of the packages that the diagrams are about."""
    names: set[str] = set()
    for package in ("rag", "ingestion"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef):
                    names.add(node.name)
                elif isinstance(node, ast.ClassDef):
                    methods = [each for each in node.body if isinstance(each, ast.FunctionDef)]
                    names |= {node.name, *(f"{node.name}.{method.name}" for method in methods)}
    return names


def test_steps_in_the_diagrams_are_named_as_in_the_code() -> None:
    steps = [name for each in diagrams() for name in re.findall(r'\["([\w.]+)[:"]', each)]

    assert len(steps) > 20
    assert sorted(set(steps) - names_in_code()) == []


def test_the_diagram_of_a_question_has_the_steps_of_the_pipeline_in_their_order() -> None:
    source = (ROOT / "rag/answering/pipeline.py").read_text(encoding="utf-8")
    run = source[source.index("def run(") : source.index("def _screen(")]
    called = re.findall(r"self\.(_[a-z]+)\(draft|self\.(_retrieve)\(|self\.(_generation)\.run", run)
    order = ["".join(names) for names in called if "_tell" not in names]

    drawn = re.findall(r"AnswerPipeline\.(_\w+)|(Generation)\.run", "\n".join(diagrams()))

    assert ["".join(names).replace("Generation", "_generation") for names in drawn] == order


def test_rooms_are_drawn_as_the_contract_has_them() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    layers = re.search(r'^layers = \["(ui .+)"\]$', project, re.MULTILINE)
    assert layers is not None
    levels = [level.replace(" | ", " & ") for level in layers[1].split('", "')]

    arrows = [f"{upper} --> {lower}" for upper, lower in pairwise(levels)]

    assert [arrow for arrow in arrows if arrow not in diagrams()[0]] == []


def test_every_table_is_named_with_what_a_row_is() -> None:
    page = (ROOT / "docs/tables.md").read_text(encoding="utf-8")

    named = re.findall(r"^\| `(\w+)` \| \S.* \|$", page, re.MULTILINE)

    assert sorted(named) == sorted({*SQLModel.metadata.tables, *postgres_metadata.tables})


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")))
def test_links_lead_to_files_that_exist(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_benchmarks_write_where_their_results_lie() -> None:
    assert RESULTS == ROOT / "benchmarks/results"
    assert RESULTS.is_dir()
