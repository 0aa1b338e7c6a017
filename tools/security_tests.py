"""Lists the tests that docs/security.md names, for `make test-security`."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "security.md"
_QUOTED = re.compile(r"`([^`]+)`")


def rows(page: str) -> dict[str, list[str]]:
    """Return the tests of each threat or protection, as pytest takes them from the repository."""
    return {row[0]: list(_tests(row[-1])) for row in _cells(page)}


def code_files(page: str) -> set[str]:
    """Return the files and folders that are named as the code of a threat or protection."""
    return {name for row in _cells(page) for name in _QUOTED.findall(row[-2])}


def named_tests(page: str) -> list[str]:
    """Return all tests once, without those of files that are named as a whole."""
    named = {test for tests in rows(page).values() for test in tests}
    return sorted(test for test in named if "::" not in test or test.split("::")[0] not in named)


def _cells(page: str) -> Iterator[list[str]]:
    """Yield the rows of the tables whose last columns are code and test."""
    for line in page.splitlines():
        row = line.strip("| ").split(" | ") if line.startswith("| ") else []
        if len(row) in (3, 4) and row[-1] != "test":
            yield row


def _tests(cell: str) -> Iterator[str]:
    """Yield the tests of a cell; one that begins with `::` is of the file before it."""
    file = ""
    for name in _QUOTED.findall(cell):
        if name.startswith("::"):
            yield f"{file}{name}"
        else:
            file = f"tests/{name.split('::')[0]}"
            yield f"tests/{name}"


if __name__ == "__main__":
    sys.stdout.writelines(f"{test}\n" for test in named_tests(PAGE.read_text(encoding="utf-8")))
