"""Questions to start with, made from the headings of the documents a person may read."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from core.domain.knowledge import Collection
from core.storage.queries.spending.switches import is_document_on
from core.storage.tables import ChunkRow, DocumentRow

STARTERS = 4
WRITTEN_OF_ONE = 2
"""Questions taken from one document that is made of questions."""
DOCUMENTS_READ = 12
PASSAGES_READ = 40
QUESTIONS = (
    "What are the rules for {topic}?",
    "What should I know about {topic}?",
    "What do I have to know about {topic}?",
)
SHORTEST, LONGEST = 8, 60
"""Characters of a heading that becomes a question."""
MIN_WORDS, MAX_WORDS = 2, 6
# Headings of what any document has: they name no topic of their own.
_FRAME = frozenset(
    """about agenda annex appendix background before changes checklist contact contacts contents
    definitions distribution examples first follow-up glossary guide handbook history introduction
    last lessons overview policy principles purpose questions reference references remarks
    responsibilities revision roles
    rules scope steps summary tasks teams version versions week welcome what's""".split()
)
# Clauses, labels and names of columns.
_NO_TOPIC = re.compile(
    r"[:|.,;/()\d]|^(?:after|before|for|from|how|if|in|not|points|status|the|this|we|what|when|where"
    r"|which|who|why|your)\b|\b(?:is|are|was|were|we|our|your|you|happened|minute)\b",
    re.IGNORECASE,
)
_GERUND = re.compile(r"^[A-Z][a-z]{2,}ing\s")
_PLURAL = re.compile(r"(?:[^su\W]s|\band\s\w+)$")
_UNCOUNTABLE = frozenset(
    """access baggage care clothes equipment food fraud fuel goods health help illness information
    insurance leave luggage mail maternity media money overtime parking pay privacy property
    protection safety security smoking software support time training transport travel use weather
    work working""".split()
)
_NUMBERING = re.compile(r"^(?:[§#\s]*\d+(?:\.\d+)*[.)]?\s+)+")


def starter_questions(session: Session, collections: Sequence[Collection]) -> list[str]:
    """Return up to four questions of different documents; those written in them come first."""
    documents = session.exec(
        select(DocumentRow)
        .where(
            col(DocumentRow.collection_id).in_([c.id for c in collections]),
            col(DocumentRow.current_version_id).is_not(None),
            is_document_on(),
        )
        .order_by(col(DocumentRow.title))
        .limit(DOCUMENTS_READ)
    ).all()
    headings = _headings(session, [document.current_version_id or "" for document in documents])
    usable = [_usable(headings[document.current_version_id]) for document in documents]
    written = (question for found in usable for question in _written(found))
    made = (_made(found, number) for number, found in enumerate(usable) if not _written(found))
    return list(dict.fromkeys([*written, *filter(None, made)]))[:STARTERS]


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
        headings_by_version[version_id] += map(topic_of, headings)
    return headings_by_version


def topic_of(heading: str) -> str:
    """Return a heading without its number."""
    return _NUMBERING.sub("", heading).strip()


def _usable(headings: Iterable[str]) -> list[str]:
    return [h for h in dict.fromkeys(headings) if SHORTEST <= len(h) <= LONGEST]


def _written(headings: Iterable[str]) -> list[str]:
    """Return the first headings that are questions themselves."""
    return [heading for heading in headings if heading.endswith("?")][:WRITTEN_OF_ONE]


def _made(headings: Iterable[str], number: int) -> str | None:
    """Return a question about the first heading that names a topic."""
    return next(filter(None, (question_about(heading, number) for heading in headings)), None)


def question_about(heading: str, number: int = 0) -> str | None:
    """Return a question that somebody might ask about a topic, None for a heading that is none.

    Several things, doing something and what cannot be counted need no article: "What are the rules
    for rental cars?", but "Rental car: what are the rules?". `number` chooses the words, so that
    questions beside each other differ.
    """
    words = heading.split()
    is_topic = MIN_WORDS <= len(words) <= MAX_WORDS and not _NO_TOPIC.search(heading)
    if not is_topic or set(map(str.lower, words)) & _FRAME:
        return None
    if _GERUND.match(heading) or words[-1].lower() in _UNCOUNTABLE or _PLURAL.search(heading):
        return QUESTIONS[number % len(QUESTIONS)].format(topic=_in_a_sentence(heading))
    return f"{heading}: what are the rules?"


def _in_a_sentence(heading: str) -> str:
    """Return the heading with a small first letter, unless its first word is an acronym."""
    is_acronym = not heading[1:2].islower()
    return heading if is_acronym else heading[0].lower() + heading[1:]
