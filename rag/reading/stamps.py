"""Tells the lines that only name a document, its version or its subject from what it says."""

import re

from core.domain.answers import RetrievedChunk
from core.domain.text.sentences import UnitKind
from rag.reading.blocks import blocks_of
from rag.reading.question import QuestionTerms
from rag.reading.units import QuotableUnit

TITLE_WORDS = 12
_STAMP = re.compile(
    r"(?:^|\| )(?:version|edition|revision|rev\.? \d+|issue \d+|valid from|effective from|"
    r"last updated|as of|document (?:no|number))\b",
    re.IGNORECASE,
)


def is_stamp(unit: QuotableUnit, terms: QuestionTerms) -> bool:
    """Return whether words name a document and its version, or its subject, and nothing more.

    They are found by the words of the title. A question that asks for a version or a date has
    other words in common with them.
    """
    chunk = unit.hit.chunk
    if stamp := _STAMP.search(unit.text):
        # On the first line of a page, the title of the document is in front of it.
        is_first = not chunk.text[: unit.start].strip()
        words = unit.text[stamp.start() :] if is_first else unit.text
        title = " ".join((chunk.document_title, *chunk.headings)).casefold().split()
        others = [word for word in words.split() if word.casefold() not in title]
        return not terms.coverage(" ".join(others))
    return is_title(unit.text, unit.kind) and _is_subtitle(unit.hit, unit.start)


def is_title(text: str, kind: UnitKind) -> bool:
    """Return whether words are a short line without a full stop: it disturbs beside a quote."""
    is_line = text[-1].isalnum() and len(text.split()) <= TITLE_WORDS
    return kind is UnitKind.SENTENCE and is_line


def _is_subtitle(hit: RetrievedChunk, start: int) -> bool:
    """Return whether a line stands alone at the very beginning of a document, above its text."""
    blocks = [] if hit.chunk.start else blocks_of(hit.chunk)
    is_above = len(blocks) > 1 and blocks[0].holds(start)
    return is_above and len(blocks[0].pieces) == 1
