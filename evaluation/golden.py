"""Scores answers against the golden questions: right page cited, honest when there is no answer."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.domain.answers import Answer, Turn

GOLDEN = Path(__file__).parent / "cases" / "golden.jsonl"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Exact words of a document that answer a question."""

    document: str
    page: int
    quote: str


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what a good answer cites; no evidence means it must not be answered."""

    id: str
    text: str
    evidence: tuple[Evidence, ...]
    history: tuple[Turn, ...]
    kind: str

    @property
    def is_answerable(self) -> bool:
        return bool(self.evidence)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case with its answer."""

    case: Case
    answer: Answer

    @property
    def cites_right_page(self) -> bool:
        """Whether one citation points to a document and page of the evidence."""
        wanted = {(e.document, e.page) for e in self.case.evidence}
        return any((c.file_name, c.page) in wanted for c in self.answer.citations)

    @property
    def is_right(self) -> bool:
        return self.cites_right_page if self.case.is_answerable else self.answer.abstained


@dataclass(frozen=True, slots=True)
class GoldenReport:
    """All results; rates are shares in [0, 1]."""

    results: tuple[CaseResult, ...]

    @property
    def cited_rate(self) -> float:
        """Answerable questions with a citation of the right document and page."""
        return _share(r.cites_right_page for r in self.results if r.case.is_answerable)

    @property
    def abstention_rate(self) -> float:
        """Unanswerable questions that were not answered."""
        return _share(r.answer.abstained for r in self.results if not r.case.is_answerable)

    @property
    def false_abstention_rate(self) -> float:
        """Answerable questions that were not answered."""
        return _share(r.answer.abstained for r in self.results if r.case.is_answerable)

    @property
    def wrong(self) -> list[CaseResult]:
        return [result for result in self.results if not result.is_right]


def load_cases(path: Path = GOLDEN) -> list[Case]:
    """The cases of a JSONL file."""
    with path.open(encoding="utf-8") as lines:
        return [_case(json.loads(line)) for line in lines if line.strip()]


def evaluate(cases: Sequence[Case], ask: Callable[[str, Sequence[Turn]], Answer]) -> GoldenReport:
    """Asks every question and scores the answers."""
    return GoldenReport(tuple(CaseResult(c, ask(c.text, c.history)) for c in cases))


def _case(record: dict[str, object]) -> Case:
    evidence = record.get("evidence") or []
    history = record.get("history") or []
    assert isinstance(evidence, list)  # noqa: S101  the format of our own file
    assert isinstance(history, list)  # noqa: S101
    return Case(
        id=str(record["_id"]),
        text=str(record["text"]),
        evidence=tuple(Evidence(e["document"], e["page"], e["quote"]) for e in evidence),
        history=tuple(Turn(h["role"], h["content"]) for h in history),
        kind=str(record.get("type", "")),
    )


def _share(values: Iterable[bool]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0
