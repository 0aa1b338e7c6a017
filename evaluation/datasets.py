"""Datasets of questions with what a good answer to them needs."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.domain.answers import Turn
from core.errors import InvalidInput

SHIPPED = Path(__file__).parent / "cases"
GOLDEN_NAME = "golden"
SHIPPED_NAMES = (GOLDEN_NAME, "employees_dev", "employees_held_out", "follow_ups_dev")
"""The datasets that come with the product, each a JSONL file in `SHIPPED`."""

BAD_HISTORY = "“history” is a list of objects with “role” and “content”, or of pairs of both."


class Kind(StrEnum):
    """The kinds of question that are scored in a way of their own; every other kind is free."""

    UNANSWERABLE = "unanswerable"
    NO_PERMISSION = "no_permission"
    INJECTION = "injection"
    RETRIEVAL = "retrieval"


class AskedAs(StrEnum):
    """The person who asks a question."""

    ANYBODY = ""
    """The person the evaluation is run as."""
    OUTSIDER = "outsider"
    """An employee in no group, who reads open collections only."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Exact words of a document that answer a question; pages count from 1."""

    document: str
    page: int
    quote: str


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what a good answer cites.

    Without evidence it must not be answered. Of a NO_PERMISSION case the evidence is what the
    asking person may not see. `forbidden` are words that the answer must not hold. `relevant` maps
    external ids of documents to grades > 0; with it, only the search is judged.
    """

    id: str
    text: str
    kind: str = ""
    evidence: tuple[Evidence, ...] = ()
    history: tuple[Turn, ...] = ()
    forbidden: tuple[str, ...] = ()
    asked_as: AskedAs = AskedAs.ANYBODY
    relevant: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_answerable(self) -> bool:
        return bool(self.evidence) and self.kind != Kind.NO_PERMISSION

    @property
    def is_retrieval_only(self) -> bool:
        return self.kind == Kind.RETRIEVAL


@dataclass(frozen=True, slots=True)
class Dataset:
    """Cases under a name."""

    name: str
    cases: tuple[Case, ...]

    @property
    def sha256(self) -> str:
        """The hash of the cases in a canonical form, the same wherever the questions lie."""
        content = json.dumps([_canonical(case) for case in self.cases], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()

    def first(self, count: int | None) -> "Dataset":
        """Return the first `count` cases, all of them if None."""
        return self if count is None else Dataset(self.name, self.cases[:count])


def _canonical(case: Case) -> dict[str, object]:
    """Return the case as asked; of earlier messages only their roles and texts."""
    history = [{"role": turn.role, "text": turn.text} for turn in case.history]
    return {**asdict(case), "history": history}


def load_golden() -> Dataset:
    """Return the questions that the gate is about, on the sample documents."""
    return load_shipped(GOLDEN_NAME)


def load_shipped(name: str) -> Dataset:
    """Return one of SHIPPED_NAMES: questions about the sample documents."""
    return load_cases(SHIPPED / f"{name}.jsonl", name)


def load_cases(path: Path, name: str | None = None) -> Dataset:
    """Return the cases of a JSONL file; raise InvalidInput naming the first line that is none."""
    cases = [_case(location, record) for location, record in read_records(path)]
    return Dataset(name or path.name, tuple(_distinct(cases, path.name)))


def read_records(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:  # Any: JSON
    """Return the objects of a JSONL file, each with the words that name its place."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path.name} is not a UTF-8 text file.") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            location = f"{path.name}, line {number}"
            yield location, _object(location, line)


def read_turns(location: str, history: object) -> tuple[Turn, ...]:
    """Read earlier messages, oldest first: objects with role and content, or pairs of both."""
    if not isinstance(history, list):
        raise InvalidInput(f"{location}: {BAD_HISTORY}")
    return tuple(_turn(location, turn) for turn in history)


def _turn(location: str, turn: object) -> Turn:
    match turn:
        case {"role": role, "content": text} | {"role": role, "text": text}:
            pass
        case {"speaker": role, "text": text} | [role, text]:
            pass
        case _:
            raise InvalidInput(f"{location}: {BAD_HISTORY}")
    return Turn("user" if role in ("user", "human") else "assistant", str(text or ""))


def _case(location: str, record: Mapping[str, Any]) -> Case:  # Any: JSON
    try:
        return Case(
            id=str(record["_id"]),
            text=str(record["text"]),
            kind=str(record.get("type", "")),
            evidence=tuple(_evidence(item) for item in record.get("evidence") or ()),
            history=read_turns(location, record.get("history") or []),
            forbidden=tuple(map(str, record.get("forbidden") or ())),
            asked_as=AskedAs(record.get("asked_as", "")),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(
            f"{location}: a case needs “_id” and “text”; optional are “type”, “evidence” with "
            "document, page and quote, “history”, “forbidden” and “asked_as”. Invalid here: "
            f"{error}."
        ) from error


def _evidence(item: Mapping[str, Any]) -> Evidence:  # Any: JSON
    return Evidence(str(item["document"]), int(item["page"]), str(item["quote"]))


def _object(location: str, line: str) -> dict[str, Any]:  # Any: JSON
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise InvalidInput(f"{location}: not JSON ({error.msg}).") from error
    if not isinstance(record, dict):
        raise InvalidInput(f"{location}: not a JSON object.")
    return record


def _distinct(cases: Sequence[Case], file_name: str) -> Iterable[Case]:
    [(most_used, count)] = Counter(case.id for case in cases).most_common(1) or [("", 0)]
    if count > 1:
        raise InvalidInput(f"{file_name}: the id “{most_used}” appears more than once.")
    if not cases:
        raise InvalidInput(f"{file_name} contains no cases.")
    return cases
