"""Finds the documents that mention something, with the number of their passages that do."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from core.domain.answers import Source
from core.domain.batches import batched
from core.domain.knowledge import Chunk
from core.domain.ports import KeywordIndex, WeightedText
from core.domain.text.plurals import count
from core.storage.queries.chunks import hydrate
from rag.kinds.reply import Reply, items

LOOKED_AT = 1_000
"""Passages; those in which the words weigh most come first, so that few are missed by far more."""
IDS_PER_QUERY = 500
SHOWN_DOCUMENTS = 20

Holds = Callable[[Sequence[str], Sequence[str]], bool]


@dataclass(frozen=True, slots=True)
class Mentions:
    """Documents by title with the number of their passages that mention something, most first.

    `is_complete` says that all passages were looked at.
    """

    documents: tuple[tuple[Source, str, int], ...]
    is_complete: bool


def mentions(
    session: Session,
    keywords: KeywordIndex,
    subject: str,
    collection_ids: Sequence[str],
    *,
    is_literal: bool,
) -> Reply | None:
    """Return the documents of these collections that hold the words of the subject in a row.

    Words count in all their forms, as the keyword index compares them. Where documents about a
    subject are asked for, those with all its words in one passage count if none has them in a row;
    None if there are none either, or if the subject has no words to look for.
    """
    terms = keywords.terms(subject)
    if not terms:
        return None
    hits = keywords.search(collection_ids, [WeightedText(subject)], LOOKED_AT)
    chunks = [
        chunk
        for batch in batched([hit.chunk_id for hit in hits], IDS_PER_QUERY)
        for chunk in hydrate(session, batch, collection_ids).values()
    ]
    is_complete = len(hits) < LOOKED_AT
    for holds in (_holds_in_a_row,) if is_literal else (_holds_in_a_row, _holds_all):
        found = Mentions(tuple(_documents(chunks, keywords, terms, holds)), is_complete)
        if found.documents:
            return _reply(found, subject)
    return Reply(_nowhere(subject, is_complete)) if is_literal else None


def _documents(
    chunks: Iterable[Chunk], keywords: KeywordIndex, terms: Sequence[str], holds: Holds
) -> list[tuple[Source, str, int]]:
    passages: Counter[tuple[str, Source]] = Counter(
        (chunk.document_title, Source(chunk.document_id, chunk.collection_id))
        for chunk in chunks
        if holds(terms, keywords.terms("\n".join((*chunk.headings, chunk.text))))
    )
    found = [(source, title, number) for (title, source), number in passages.items()]
    return sorted(found, key=lambda one: (-one[2], one[1].lower(), one[0].document_id))


def _holds_in_a_row(terms: Sequence[str], passage: Sequence[str]) -> bool:
    return f" {' '.join(terms)} " in f" {' '.join(passage)} "


def _holds_all(terms: Sequence[str], passage: Sequence[str]) -> bool:
    return set(terms) <= set(passage)


def _reply(found: Mentions, subject: str) -> Reply:
    number = len(found.documents)
    least = "" if found.is_complete else "At least "
    verb = "mentions" if number == 1 else "mention"
    opening = f"{least}{count(number, 'document')} {verb} “{subject}”:"
    shown = found.documents[:SHOWN_DOCUMENTS]
    lines = [f"{title}, {count(passages, 'passage')}" for _, title, passages in shown]
    left = number - len(shown)
    more = f"and {count(left, 'more document')}" if left else ""
    sources = frozenset(source for source, _, _ in found.documents)
    return Reply(f"{opening}\n\n{items(lines, more)}", sources)


def _nowhere(subject: str, is_complete: bool) -> str:
    none = f"No document that you can access mentions “{subject}”."
    searched = none if is_complete else f"I found no document that mentions “{subject}”."
    return f"{searched} Ask a question about it, and I look for passages with the same meaning."
