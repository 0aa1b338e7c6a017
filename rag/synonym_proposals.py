"""Proposes sets of synonyms from questions that found nothing and were answered in other words."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, select

from core.domain.access import require_admin
from core.domain.clock import now
from core.domain.gaps import GapStatus
from core.domain.on_behalf import on_behalf_of
from core.errors import NotFound
from core.guardrails.detectors import detect
from core.storage.queries.audit import record_event
from core.storage.queries.chunks import hydrate
from core.storage.queries.collections import readable_collections
from core.storage.queries.questions import (
    answered_since,
    cited_chunks,
    gaps_since,
    unanswered_since,
)
from core.storage.queries.spending.switches import is_document_on
from core.storage.tables import (
    VOCABULARY_SURFACE,
    ChunkRow,
    DismissedSynonymsRow,
    DocumentRow,
    DocumentVersionRow,
)
from rag.reading.question_words import QUESTION_WORDS
from rag.synonym_sets import ListedSet, Origin, SynonymSets
from rag.vocabulary.pairs import (
    Pair,
    Phrase,
    Wording,
    content_phrases,
    differing_pair,
    spelled_in,
    wording,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlmodel import Session

    from core.domain.identity import User
    from core.domain.knowledge import Chunk
    from core.domain.ports import Embedder
    from core.storage.database import Database
    from core.storage.queries.questions import AskedQuestion
    from core.storage.queries.spending.switches import is_document_on
from core.storage.tables import KnowledgeGapRow

DAYS = 180
QUESTIONS = 2_000
"""The newest questions of each kind are compared, so that the page stays quick."""
MAX_PROPOSALS = 20
MAX_PAIRS = 200
# Cosine of the two phrases; all-MiniLM-L6-v2 gives "parking fee" and "parking charge" 0.9, "fee"
# and "charge" 0.6, and unrelated words less than 0.3.
NEAR = 0.4
HEADING_NEAR = 0.5
HEADINGS = 200
MAX_HEADING_WORDS = 5
SETTLED = (GapStatus.ANSWERED.value, GapStatus.CLOSED.value)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two phrases that may name the same thing.

    `asked` stands in a question that was sent on as a knowledge gap, `said` in documents that the
    administrator may read, of which `documents` are the titles. `times` is how many questions with
    `asked` found nothing.
    """

    key: str
    asked: str
    said: str
    times: int
    documents: tuple[str, ...]
    document_id: str


@dataclass(frozen=True, slots=True)
class _Gap:
    """A knowledge gap, with its words."""

    row: KnowledgeGapRow
    wording: Wording


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading or title of a document."""

    text: str
    document_id: str
    title: str


@dataclass(frozen=True, slots=True)
class _Found:
    """A pair with the document that a phrase of it was found in."""

    pair: Pair
    document_id: str
    title: str


class SynonymProposals:
    """Proposals for administrators; what one may not read proposes nothing to them.

    Nothing is stored of a proposal but that it was turned down.
    """

    def __init__(
        self,
        database: Database,
        terms: Callable[[str], Sequence[str]],
        sets: SynonymSets,
        embedder: Embedder,
    ) -> None:
        self._database = database
        self._terms = terms
        self._sets = sets
        self._embedder = embedder

    def list_open(self, admin: User) -> list[Proposal]:
        """Return the proposals that nobody accepted or dismissed, the most asked first."""
        require_admin(admin)
        if not self._sets.is_in_use:
            return []
        with on_behalf_of(admin, VOCABULARY_SURFACE):
            return self._open_ones(admin)

    def _open_ones(self, admin: User) -> list[Proposal]:
        since = now() - timedelta(days=DAYS)
        with self._database.read() as session:
            rows = gaps_since(session, since, QUESTIONS)
            gaps = [_Gap(row, self._wording(row.question)) for row in rows]
            if not gaps:
                return []
            chunks = _Readable(session, admin)
            found = [
                *self._from_answers(session, gaps, chunks),
                *self._from_documents(gaps, chunks),
            ]
            dismissed = set(session.exec(select(DismissedSynonymsRow.key)).all())
            questions = unanswered_since(session, since, QUESTIONS)
        unanswered = [self._wording(question.text) for question in questions]
        proposals = self._grouped(admin, self._near(found), unanswered)
        open_ones = (proposal for proposal in proposals if proposal.key not in dismissed)
        return sorted(open_ones, key=lambda p: (-p.times, p.asked, p.said))[:MAX_PROPOSALS]

    def accept(self, admin: User, key: str) -> ListedSet:
        """Add the set of a proposal; raise NotFound unless it is open to this administrator."""
        proposal = self._named(admin, key)
        words = f"{proposal.asked}, {proposal.said}"
        return self._sets.add(
            admin, words, origin=Origin.PROPOSED, document_id=proposal.document_id
        )

    def dismiss(self, admin: User, key: str) -> None:
        """Show a proposal to nobody again; raise NotFound unless it is open to this person."""
        proposal = self._named(admin, key)
        with self._database.begin() as session:
            if session.get(DismissedSynonymsRow, proposal.key) is None:
                row = DismissedSynonymsRow(key=proposal.key, dismissed_by=admin.id or None)
                session.add(row)
                record_event(session, admin, "synonyms.dismissed", times=proposal.times)

    def _named(self, admin: User, key: str) -> Proposal:
        for proposal in self.list_open(admin):
            if proposal.key == key:
                return proposal
        raise NotFound(
            "This proposal is no longer open. Someone decided it, or its source is gone."
        )

    def _from_answers(
        self, session: Session, gaps: Sequence[_Gap], chunks: _Readable
    ) -> Iterator[_Found]:
        """Yield pairs of a gap and a later question that an answer with citations followed."""
        first = min(gap.row.asked_at for gap in gaps)
        answered = answered_since(session, first, QUESTIONS)
        words = {question.answer_id: self._wording(question.text) for question in answered}
        by_stem: dict[str, list[AskedQuestion]] = defaultdict(list)
        for question in answered:
            for stem in words[question.answer_id].content:
                by_stem[stem].append(question)
        pairs = [
            (pair, question)
            for gap in gaps
            for question in _later(gap, by_stem)
            if (pair := differing_pair(gap.wording, words[question.answer_id])) is not None
        ][:MAX_PAIRS]
        cited = cited_chunks(session, {question.answer_id for _, question in pairs})
        for pair, question in pairs:
            for chunk in chunks.of(cited.get(question.answer_id, ())):
                if (found := self._said_in(chunk, pair)) is not None:
                    yield found

    def _from_documents(self, gaps: Sequence[_Gap], chunks: _Readable) -> Iterator[_Found]:
        """Yield pairs of a settled gap and a heading of a document that came meanwhile."""
        for gap in gaps:
            if gap.row.status in SETTLED and gap.row.replied_at is not None:
                headings = chunks.headings_between(gap.row)
                if (found := self._nearest_heading(gap, headings)) is not None:
                    yield found

    def _nearest_heading(self, gap: _Gap, headings: Sequence[_Heading]) -> _Found | None:
        """Return the heading that comes nearest to a phrase of the question in other words."""
        asked = list(content_phrases(gap.wording))
        said = [
            (phrase, heading)
            for heading in headings
            if (phrase := self._whole(heading.text)) and not set(phrase.stems) & gap.wording.content
        ]
        if not asked or not said:
            return None
        ours = self._embedder.embed_passages([phrase.text for phrase in asked])
        theirs = self._embedder.embed_passages([phrase.text for phrase, _ in said])
        similarities = ours @ theirs.T
        row, column = divmod(int(similarities.argmax()), len(said))
        if similarities[row, column] < HEADING_NEAR:
            return None
        phrase, heading = said[column]
        return _Found(Pair(asked[row], phrase), heading.document_id, heading.title)

    def _whole(self, heading: str) -> Phrase | None:
        """Return a short heading as a phrase, None for one that is long or a name of nothing."""
        runs = self._wording(heading).runs
        if len(runs) != 1 or len(runs[0].words) > MAX_HEADING_WORDS or detect(heading):
            return None
        stems = tuple(filter(None, runs[0].stems))
        return Phrase(runs[0].phrase(0, len(runs[0].words)), stems) if stems else None

    def _said_in(self, chunk: Chunk, pair: Pair) -> _Found | None:
        """Return the pair as the passage spells it, None if the passage says it otherwise."""
        text = chunk.searchable_text
        said = spelled_in(text, pair.said.stems, self._stem)
        if not said or spelled_in(text, pair.asked.stems, self._stem):
            return None
        spelled = Pair(pair.asked, Phrase(said, pair.said.stems))
        return _Found(spelled, chunk.document_id, chunk.document_title)

    def _near(self, found: Sequence[_Found]) -> list[_Found]:
        """Return the pairs whose phrases may mean the same."""
        if not found:
            return []
        asked = self._embedder.embed_passages([one.pair.asked.text for one in found])
        said = self._embedder.embed_passages([one.pair.said.text for one in found])
        similarities = (asked * said).sum(axis=1)
        return [one for one, s in zip(found, similarities, strict=True) if s >= NEAR]

    def _grouped(
        self, admin: User, found: Sequence[_Found], unanswered: Sequence[Wording]
    ) -> Iterator[Proposal]:
        """Yield one proposal for each pair that the vocabulary does not know."""
        groups: dict[str, list[_Found]] = defaultdict(list)
        for one in found:
            groups[_key(one.pair)].append(one)
        for key, same in groups.items():
            pair = same[0].pair
            if not self._is_known(admin, pair):
                times = sum(_has(words, pair.asked.stems) for words in unanswered)
                titles = tuple(dict.fromkeys(one.title for one in same))
                yield Proposal(
                    key,
                    pair.asked.text,
                    pair.said.text,
                    max(1, times),
                    titles,
                    same[0].document_id,
                )

    def _is_known(self, admin: User, pair: Pair) -> bool:
        """Return whether the phrase that was asked for leads to what the documents say already."""
        expansions = self._sets.preview(admin, pair.asked.text)
        known = (self._stems(s.text) for expansion in expansions for s in expansion.synonyms)
        said = set(pair.said.stems)
        return any(set(stems) <= said for stems in known if stems)

    def _wording(self, text: str) -> Wording:
        return wording(_without_personal_data(text), self._stem, QUESTION_WORDS)

    def _stem(self, word: str) -> str:
        return " ".join(self._terms(word))

    def _stems(self, text: str) -> tuple[str, ...]:
        return tuple(self._terms(text))


class _Readable:
    """Passages and headings, as far as one person may read them now."""

    def __init__(self, session: Session, reader: User) -> None:
        self._session = session
        self._collection_ids = [c.id for c in readable_collections(session, reader)]

    def of(self, chunk_ids: Sequence[int]) -> list[Chunk]:
        """Return the readable passages among these."""
        return list(hydrate(self._session, chunk_ids, self._collection_ids).values())

    def headings_between(self, gap: KnowledgeGapRow) -> list[_Heading]:
        """Return headings of documents that came between a question and its reply, each once.

        The documents are those of the collection whose owner was asked, if one was.
        """
        wanted = [gap.collection_id] if gap.collection_id else self._collection_ids
        collection_ids = [c for c in wanted if c in self._collection_ids]
        rows = self._session.exec(
            select(ChunkRow.headings, DocumentRow.id, DocumentRow.title)
            .join(DocumentRow, col(DocumentRow.current_version_id) == ChunkRow.version_id)
            .join(DocumentVersionRow, col(DocumentVersionRow.id) == ChunkRow.version_id)
            .where(
                col(ChunkRow.is_ready),
                col(ChunkRow.collection_id).in_(collection_ids),
                col(DocumentVersionRow.uploaded_at) >= gap.asked_at,
                col(DocumentVersionRow.uploaded_at) <= gap.replied_at,
                is_document_on(),
            )
            .order_by(col(ChunkRow.id).desc())
            .limit(HEADINGS)
        ).all()
        headings = [
            _Heading(text, document_id, title)
            for path, document_id, title in rows
            for text in (*path[-1:], title)
        ]
        return list(dict.fromkeys(headings))


def _later(gap: _Gap, by_stem: Mapping[str, Sequence[AskedQuestion]]) -> Iterator[AskedQuestion]:
    """Yield the questions with a word of the gap that were answered after it was asked."""
    sharing = {
        question.answer_id: question
        for stem in gap.wording.content
        for question in by_stem.get(stem, ())
    }
    return (q for q in sharing.values() if q.answered_at > gap.row.asked_at)


def _has(text: Wording, stems: Sequence[str]) -> bool:
    wanted = tuple(stems)
    return any(
        run.stems[start : start + len(wanted)] == wanted
        for run in text.runs
        for start in range(len(run.stems) - len(wanted) + 1)
    )


def _key(pair: Pair) -> str:
    """Return a hash of a pair, the same for every inflection of its words."""
    text = "\n".join((" ".join(pair.asked.stems), " ".join(pair.said.stems)))
    return hashlib.sha256(text.encode()).hexdigest()


def _without_personal_data(text: str) -> str:
    """Return a text with a line end in place of each secret and each piece of personal data."""
    for hit in sorted(detect(text), key=lambda hit: -hit.start):
        text = f"{text[: hit.start]}\n{text[hit.end :]}"
    return text
