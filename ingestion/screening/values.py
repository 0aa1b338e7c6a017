"""The screening for personal data and secrets: one finding a kind, with a count and a mask."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.domain.screening import EXCERPT_CHARS, ScreeningFinding, ScreeningKind
from core.guardrails.detectors import Hit, Kind
from core.guardrails.plausibility import is_plausible
from core.guardrails.redaction import Redactor


@dataclass(frozen=True, slots=True)
class PageText:
    """The visible text of a page, with the values in it."""

    number: int
    text: str
    hits: Sequence[Hit]


@dataclass(frozen=True, slots=True)
class _Occurrence:
    page: PageText
    hit: Hit


def value_findings(pages: Sequence[PageText], redactor: Redactor) -> Iterator[ScreeningFinding]:
    """Yield secrets, which block, and personal data, which is shown; samples are left out."""
    counts: Counter[Kind] = Counter()
    first: dict[Kind, _Occurrence] = {}
    for page in pages:
        for hit in page.hits:
            if is_plausible(hit.kind, page.text, hit.start, hit.end):
                counts[hit.kind] += 1
                first.setdefault(hit.kind, _Occurrence(page, hit))
    for kind, occurrence in first.items():
        yield _finding(kind, counts[kind], occurrence, redactor)


def _finding(
    kind: Kind, count: int, occurrence: _Occurrence, redactor: Redactor
) -> ScreeningFinding:
    page, hit = occurrence.page, occurrence.hit
    excerpt = redactor.excerpt(page.text, hit.start, hit.end, page.hits, length=EXCERPT_CHARS)
    is_secret = kind is Kind.SECRET
    return ScreeningFinding(
        page.number,
        ScreeningKind.SECRET if is_secret else ScreeningKind.PERSONAL_DATA,
        kind.name.lower(),
        count,
        excerpt.text,
        is_blocking=is_secret,
        start=excerpt.start,
        end=excerpt.end,
    )
