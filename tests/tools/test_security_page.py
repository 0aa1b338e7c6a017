"""Every protection of the security page has a test, and `make test-security` runs it."""

import ast
from pathlib import Path

from tools.security_tests import PAGE, code_files, named_tests, rows

ROOT = Path(__file__).parents[2]


def is_there(test: str) -> bool:
    file, _, name = test.partition("::")
    if not (ROOT / file).is_file():
        return False
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    functions = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return name in functions if name else any(n.startswith("test_") for n in functions)


def test_every_protection_names_a_test_that_is_there() -> None:
    protections = rows(PAGE.read_text(encoding="utf-8"))

    assert len(protections) > 105
    assert [told for told, tests in protections.items() if not tests] == []
    assert [test for tests in protections.values() for test in tests if not is_there(test)] == []


def test_the_code_of_every_protection_is_there() -> None:
    named = code_files(PAGE.read_text(encoding="utf-8"))

    assert len(named) > 100
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_a_file_or_a_test_that_is_not_there_would_be_noticed() -> None:
    row = "| a threat | a protection | `core/nowhere.py` | `core/test_nowhere.py::test_nothing` |"

    assert not any(is_there(test) for test in rows(row)["a threat"])
    assert not any((ROOT / name).exists() for name in code_files(row))


def test_every_threat_is_told_once_with_what_is_done_about_it() -> None:
    page = PAGE.read_text(encoding="utf-8")
    table = page.partition("## Threats")[2].partition("\n## ")[0]

    threats = rows(table)

    assert len(threats) == table.count("\n| ") - 1 == 27


def test_every_named_test_is_run_once() -> None:
    page = PAGE.read_text(encoding="utf-8")

    run = named_tests(page)

    files = {test for test in run if "::" not in test}
    named = {test for tests in rows(page).values() for test in tests}
    assert len(run) == len(set(run))
    assert [test for test in named if test not in run and test.split("::")[0] not in files] == []


def test_make_runs_them() -> None:
    recipe = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\ntest-security:")[2]

    assert "python -m tools.security_tests" in recipe.partition("\n\n")[0]
