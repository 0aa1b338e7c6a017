"""The screening of an upload: what people cannot see goes, what is suspicious is reported.

It runs in the parser child. Which findings block is decided in docs/adr/0018.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from core.domain.knowledge import PAGE_SEPARATOR, ParsedDocument
from core.domain.screening import EXCERPT_CHARS, ScreeningFinding, ScreeningKind, has_blocking
from core.errors import UnreadableDocument
from core.guardrails.injection import find_injections
from core.guardrails.mention import is_mentioned
from core.guardrails.orders.phrases import Injection
from core.guardrails.redaction import Redactor
from core.guardrails.requests import find_requests
from core.guardrails.text import clean
from ingestion.screening.hidden import hidden_findings
from ingestion.screening.invisible import RawPage, invisible_findings
from ingestion.screening.values import PageText, value_findings

MOST_FINDINGS = 100
"""The findings kept of a document, blocking ones first; a person would not read more."""

BORDER_CHARS = 400
"""The characters around a page break that are searched for phrases across it."""


@dataclass(frozen=True, slots=True)
class Screened:
    """A document as people see it, and the findings in it."""

    document: ParsedDocument
    findings: tuple[ScreeningFinding, ...] = ()

    @property
    def is_blocked(self) -> bool:
        return has_blocking(self.findings)


def screen(document: ParsedDocument) -> Screened:
    """Remove what people cannot see and reports what was found, the blocking findings first.

    Raises UnreadableDocument if nothing is left. Hidden text is dropped after screening.
    """
    cleaned = replace(
        document,
        title=_cleaned(document.title),
        pages=tuple(
            replace(page, text=_cleaned(page.text), label=_cleaned(page.label))
            for page in document.pages
        ),
        hidden=(),
    )
    if not cleaned.text.strip():
        raise UnreadableDocument("The file contains only invisible characters.")
    findings = sorted(_findings(document, cleaned), key=lambda f: (not f.is_blocking, f.page))
    return Screened(cleaned, tuple(findings[:MOST_FINDINGS]))


def reason_of(findings: Sequence[ScreeningFinding]) -> str:
    """Return why a document is held back, in a sentence; empty if it is not."""
    blocking = [finding for finding in findings if finding.is_blocking]
    if not blocking:
        return ""
    first = blocking[0]
    more = len(blocking) - 1
    others = f" There {'is 1 more finding' if more == 1 else f'are {more} more findings'}."
    return (
        f"Page {first.page} contains {WHAT[first.kind]} ({first.rule}): "
        f"“{first.excerpt.strip()}”.{others if more else ''} Check the document before it is "
        "used."
    )


WHAT = {
    ScreeningKind.HIDDEN_TEXT: "text that people cannot see",
    ScreeningKind.INVISIBLE: "words in invisible characters",
    ScreeningKind.INJECTION: "text aimed at a language model",
    ScreeningKind.PERSONAL_DATA: "personal data",
    ScreeningKind.SECRET: "a password or key",
    ScreeningKind.COPY: "words of a document that was quarantined or withdrawn before",
}


def _cleaned(text: str) -> str:
    # Parsers remove control characters, so the rest of ASCII is visible.
    return text if text.isascii() else clean(text).text.replace(PAGE_SEPARATOR, "\n")


def _findings(document: ParsedDocument, cleaned: ParsedDocument) -> Iterator[ScreeningFinding]:
    redactor = Redactor()
    # All values are learned first, so that one from the last page is masked on the first too.
    for hidden in document.hidden:
        redactor.learn(_cleaned(hidden.text))
    pages = [PageText(p.number, p.text, redactor.learn(p.text)) for p in cleaned.pages]
    yield from value_findings(pages, redactor)
    yield from hidden_findings(document.hidden, pages, redactor)
    for before, page in zip(document.pages, pages, strict=True):
        if before.text is not page.text:
            yield from invisible_findings(RawPage(page.number, before.text, page.text), redactor)
        yield from _injections(page, redactor)
    for page, following in pairwise(pages):
        yield from _across(page, following, redactor)
    for name, number in _names(cleaned).items():
        yield from _injections(PageText(number, name, redactor.learn(name)), redactor)


def _names(document: ParsedDocument) -> dict[str, int]:
    """Return the names of the document and its pages, each with its first page."""
    names = {document.title: 1}
    for page in document.pages:
        names.setdefault(page.label, page.number)
    return names


def _injections(page: PageText, redactor: Redactor) -> Iterator[ScreeningFinding]:
    """Yield orders to a model, which block, then examples and requests, which are shown."""
    orders = find_injections(page.text)
    examples = [order for order in orders if is_mentioned(page.text, order)]
    requests = [r for r in find_requests(page.text) if not any(_overlap(r, o) for o in orders)]
    meant = [order for order in orders if order not in examples]
    for is_blocking, hits in ((True, meant), (False, [*examples, *requests])):
        for rule in dict.fromkeys(hit.rule for hit in hits):
            same = [hit for hit in hits if hit.rule == rule]
            yield _injection(page, same, redactor, is_blocking=is_blocking)


def _across(page: PageText, following: PageText, redactor: Redactor) -> Iterator[ScreeningFinding]:
    """Yield injections that begin at the end of one page and end on the next."""
    head = page.text[-BORDER_CHARS:].rstrip()
    text = f"{head}\n{following.text[:BORDER_CHARS].lstrip()}"
    both = PageText(page.number, text, redactor.learn(text))
    hits = [hit for hit in find_injections(text) if hit.start < len(head) < hit.end]
    for rule in dict.fromkeys(hit.rule for hit in hits):
        same = [hit for hit in hits if hit.rule == rule]
        yield _injection(both, same, redactor, is_blocking=True)


def _overlap(first: Injection, second: Injection) -> bool:
    return first.start < second.end and second.start < first.end


def _injection(
    page: PageText, hits: Sequence[Injection], redactor: Redactor, *, is_blocking: bool
) -> ScreeningFinding:
    first = hits[0]
    excerpt = redactor.excerpt(page.text, first.start, first.end, page.hits, length=EXCERPT_CHARS)
    return ScreeningFinding(
        page.number,
        ScreeningKind.INJECTION,
        first.rule,
        len(hits),
        excerpt.text,
        is_blocking,
        excerpt.start,
        excerpt.end,
    )
