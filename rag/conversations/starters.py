"""Questions to start with, made from the headings of the documents a person may read."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from core.domain.knowledge import Collection
from core.storage.tables import ChunkRow, DocumentRow

STARTERS = 4
DOCUMENTS_READ = 12
PASSAGES_READ = 40
_NUMBERING = re.compile(r"^(?:[§#\s]*\d+(?:\.\d+)*[.)]?\s+)+")


def starter_questions(session: Session, collections: Sequence[Collection]) -> list[str]:
    """Return up to four questions of different documents; those written in them come first."""
    documents = session.exec(
        select(DocumentRow)
        .where(
            col(DocumentRow.collection_id).in_([c.id for c in collections]),
            col(DocumentRow.current_version_id).is_not(None),
        )
        .order_by(col(DocumentRow.title))
        .limit(DOCUMENTS_READ)
    ).all()
    headings = _headings(session, [document.current_version_id or "" for document in documents])
    made = [_question(document, headings[document.current_version_id]) for document in documents]
    questions = [question for question in made if question]
    return sorted(questions, key=lambda q: q.startswith("What does"))[:STARTERS]


def _headings(session: Session, version_ids: Sequence[str]) -> dict[str | None, list[str]]:
    """Map each version to the headings of its first passages, in order."""
    rows = session.exec(
        select(ChunkRow.version_id, ChunkRow.headings)
        .where(
            col(ChunkRow.version_id).in_(version_ids),
            col(ChunkRow.is_ready),
            col(ChunkRow.ordinal) < PASSAGES_READ,
        )
        .order_by(col(ChunkRow.version_id), col(ChunkRow.ordinal))
    ).all()
    headings_by_version: dict[str | None, list[str]] = defaultdict(list)
    for version_id, headings in rows:
        headings_by_version[version_id] += [
            _NUMBERING.sub("", heading).strip() for heading in headings
        ]
    return headings_by_version


def _question(document: DocumentRow, headings: Iterable[str]) -> str | None:
    usable = [h for h in dict.fromkeys(headings) if 8 <= len(h) <= 60 and " | " not in h]
    question = next((heading for heading in usable if heading.endswith("?")), None)
    if question:
        return question
    topic = next((heading for heading in usable if heading != document.title), None)
    return f"What does the {document.title} say about “{topic}”?" if topic else None
