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

PASSAGES_SEARCHED = 1_000
"""The passages in which the words weigh most come first, so a larger number misses few."""
IDS_PER_QUERY = 500
SHOWN_DOCUMENTS = 20

Holds = Callable[[Sequence[str], Sequence[str]], bool]


@dataclass(frozen=True, slots=True)
class Mentions:
    """Documents that mention something, those with the most such passages first.

    Each has its source, its title and the number of these passages. `is_complete` says that all
    passages were searched.
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

    Words count in all their forms, as the keyword index compares them. Unless `is_literal`, a
    document also counts that has all words in one passage, if none has them in a row. Returns None
    if there is none either, or if the subject has no words to look for.
    """
    terms = keywords.terms(subject)
    if not terms:
        return None
    hits = keywords.search(collection_ids, [WeightedText(subject)], PASSAGES_SEARCHED)
    chunks = [
        chunk
        for batch in batched([hit.chunk_id for hit in hits], IDS_PER_QUERY)
        for chunk in hydrate(session, batch, collection_ids).values()
    ]
    is_complete = len(hits) < PASSAGES_SEARCHED
    for holds in (_holds_in_a_row,) if is_literal else (_holds_in_a_row, _holds_all):
        matches = Mentions(tuple(_documents(chunks, keywords, terms, holds)), is_complete)
        if matches.documents:
            return _reply(matches, subject)
    return Reply(_nowhere(subject, is_complete)) if is_literal else None


def _documents(
    chunks: Iterable[Chunk], keywords: KeywordIndex, terms: Sequence[str], holds: Holds
) -> list[tuple[Source, str, int]]:
    passages: Counter[tuple[str, Source]] = Counter(
        (chunk.document_title, Source(chunk.document_id, chunk.collection_id))
        for chunk in chunks
        if holds(terms, keywords.terms("\n".join((*chunk.headings, chunk.text))))
    )
    documents = [(source, title, number) for (title, source), number in passages.items()]
    return sorted(
        documents, key=lambda document: (-document[2], document[1].lower(), document[0].document_id)
    )


def _holds_in_a_row(terms: Sequence[str], passage: Sequence[str]) -> bool:
    return f" {' '.join(terms)} " in f" {' '.join(passage)} "


def _holds_all(terms: Sequence[str], passage: Sequence[str]) -> bool:
    return set(terms) <= set(passage)


def _reply(matches: Mentions, subject: str) -> Reply:
    number = len(matches.documents)
    least = "" if matches.is_complete else "At least "
    verb = "mentions" if number == 1 else "mention"
    opening = f"{least}{count(number, 'document')} {verb} “{subject}”:"
    shown = matches.documents[:SHOWN_DOCUMENTS]
    lines = [f"{title}, {count(passages, 'passage')}" for _, title, passages in shown]
    left = number - len(shown)
    more = f"and {count(left, 'more document')}" if left else ""
    sources = frozenset(source for source, _, _ in matches.documents)
    return Reply(f"{opening}\n\n{items(lines, more)}", sources)


def _nowhere(subject: str, is_complete: bool) -> str:
    none = f"No document that you can access mentions “{subject}”."
    searched = none if is_complete else f"I found no document that mentions “{subject}”."
    return f"{searched} Ask a question about it, and I look for passages with the same meaning."
