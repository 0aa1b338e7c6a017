"""Sets of synonyms as a text or CSV file, as it is exported and imported."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.errors import InvalidInput
from core.guardrails.text import clean
from rag.vocabulary.synonyms import SynonymSet, parse_set

MAX_BYTES = 2_000_000
MAX_LINE = 4_000
_OFF = "off:"
"""In front of a set that is switched off."""
_FORMULA = re.compile(r"^'(?==)")
"""A spreadsheet keeps "=train" as text behind an apostrophe."""


@dataclass(frozen=True, slots=True)
class ReadSet:
    """A set of a file, and the number of its line."""

    line: int
    synonyms: SynonymSet
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that is no set, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class ReadText:
    """What a file holds, in the order of its lines."""

    sets: tuple[ReadSet, ...]
    problems: tuple[Problem, ...]


def decoded(content: bytes) -> str:
    """Return the text of a file; raise InvalidInput for one that is too large or no text."""
    if len(content) > MAX_BYTES:
        raise InvalidInput(f"The file is larger than {MAX_BYTES // 1_000_000} MB. Split it.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(
            "The file is not UTF-8 text. Save it as “CSV UTF-8” or as a text file."
        ) from error


def read_text(text: str) -> ReadText:
    """Read one set from each line; phrases are parted by commas, semicolons or tabs.

    What follows "#" is a comment. A phrase twice in two lines is no problem, the same set is.
    """
    sets: dict[str, ReadSet] = {}
    problems: list[Problem] = []
    for number, line in enumerate(clean(text).text.splitlines(), start=1):
        try:
            read = _read_line(number, line)
        except InvalidInput as error:
            problems.append(Problem(number, str(error)))
            continue
        if read is not None and (first := sets.setdefault(read.synonyms.key, read)) is not read:
            problems.append(Problem(number, f"The set stands in line {first.line} already."))
    return ReadText(tuple(sets.values()), tuple(problems))


def written(sets: Iterable[tuple[SynonymSet, bool]]) -> str:
    """Write sets, each with whether it is on, as `read_text` reads them."""
    lines = (synonyms.line if is_on else f"{_OFF} {synonyms.line}" for synonyms, is_on in sets)
    return "".join(f"{line}\n" for line in lines)


def _read_line(number: int, line: str) -> ReadSet | None:
    if len(line) > MAX_LINE:
        raise InvalidInput(f"The line is longer than {MAX_LINE:,} characters.")
    content = line.partition("#")[0].strip()
    is_active = not content.lower().startswith(_OFF)
    content = content if is_active else content[len(_OFF) :]
    phrases = [phrase for phrase in _cells(content) if phrase]
    return ReadSet(number, parse_set(", ".join(phrases)), is_active) if phrases else None


def _cells(line: str) -> Iterator[str]:
    separator = next((sign for sign in ",;\t" if sign in line), ",")
    for row in csv.reader([line], delimiter=separator, skipinitialspace=True):
        for cell in row:
            yield _FORMULA.sub("", cell.strip())
