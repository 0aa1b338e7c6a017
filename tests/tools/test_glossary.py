"""The glossary names each term once, with a name that the code really uses."""

import re
from pathlib import Path

from tests.tools.test_architecture import ROOT, code_folders

ROW = re.compile(r"^\| ([^|`]+) \| `([\w.]+)` \| (.+) \|$", re.MULTILINE)


def rows() -> list[tuple[str, str, str]]:
    return ROW.findall((ROOT / "docs/glossary.md").read_text(encoding="utf-8"))


def names_in(folders: list[Path]) -> set[str]:
    sources = (path.read_text(encoding="utf-8") for f in folders for path in f.glob("*.py"))
    return {name for source in sources for name in re.findall(r"[A-Za-z_]\w+", source)}


def test_every_name_of_the_glossary_stands_in_the_code() -> None:
    known = names_in(code_folders())

    named = {part for _, name, _ in rows() for part in name.split(".")}

    assert named
    assert named - known == set()


def test_every_term_stands_in_the_glossary_once() -> None:
    terms = [term for term, _, _ in rows()]

    assert len(terms) == len(set(terms))


def test_every_line_of_a_table_is_read() -> None:
    lines = (ROOT / "docs/glossary.md").read_text(encoding="utf-8").splitlines()

    listed = [line for line in lines if line.count("|") == 4 and "`" in line]

    assert len(listed) == len(rows())
