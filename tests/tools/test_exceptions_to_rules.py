"""Exceptions to the rules say why, on the line where they stand."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WIDE = {"Exception", "BaseException"}
REASON = re.compile(r"#\s*(?:noqa: [A-Z0-9, ]+?\s\s+)?(?!noqa)\w+(?: \S+){2,}")
NOQA = re.compile(r"# noqa: [A-Z0-9, ]+$")


def sources() -> Iterator[tuple[str, str]]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).exists() and not name.startswith("data/"):
            yield name, (ROOT / name).read_text(encoding="utf-8")


def wide_handlers(source: str) -> Iterator[int]:
    """The lines of the handlers that catch everything."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler) and (node.type is None or is_wide(node.type)):
            yield node.lineno


def is_wide(kind: ast.expr) -> bool:
    names = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(isinstance(name, ast.Name) and name.id in WIDE for name in names)


def without_reason(source: str) -> list[int]:
    lines = source.splitlines()
    return [number for number in wide_handlers(source) if not REASON.search(lines[number - 1])]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs the repository to know its files")
def test_whoever_catches_everything_says_why() -> None:
    found = [f"{name}:{number}" for name, text in sources() for number in without_reason(text)]

    assert found == []


@pytest.mark.parametrize(
    "handler",
    [
        "except:",
        "except Exception:",
        "except BaseException as error:",
        "except (ValueError, Exception):",
        "except Exception:  # noqa: BLE001",
    ],
)
def test_a_wide_handler_without_a_reason_is_found(handler: str) -> None:
    assert without_reason(f"try:\n    work()\n{handler}\n    raise\n") == [3]


@pytest.mark.parametrize(
    "handler",
    [
        "except ValueError:",
        "except Exception:  # one file must not stop the others",
        "except Exception:  # noqa: BLE001  one file must not stop the others",
    ],
)
def test_a_narrow_handler_and_one_with_a_reason_are_left_alone(handler: str) -> None:
    assert without_reason(f"try:\n    work()\n{handler}\n    raise\n") == []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs the repository to know its files")
def test_a_rule_that_is_switched_off_for_a_line_has_a_reason() -> None:
    found = [
        f"{name}:{number}"
        for name, text in sources()
        for number, line in enumerate(text.splitlines(), start=1)
        if NOQA.search(line)
    ]

    assert found == []
