"""Near copies of what was quarantined or withdrawn: recognised at upload, and among what answers.

A passage that was poison once is tried again in other words. Its fingerprints are kept without its
text; a document with a passage like it is held back, and one that is indexed already is put up for
review. See docs/adr/0042.
"""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from sqlmodel import Session, col, select, update

from core.domain.clock import now
from core.domain.ideas.life import Happening
from core.domain.identity import SYSTEM, Role
from core.domain.knowledge import ParsedDocument
from core.domain.ports import KeywordIndex, WeightedText
from core.domain.screening import (
    EXCERPT_CHARS,
    Poison,
    ScreeningFinding,
    ScreeningKind,
)
from core.guardrails.injection import find_injections
from core.guardrails.orders.fingerprints import (
    ALIKE,
    best_matches,
    fingerprints,
    numbers_from,
)
from core.guardrails.redaction import Redactor
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.collections import all_collections
from core.storage.queries.ideas.notifications import notify
from core.storage.queries.poison import KnownPoison, keep_poison, known_poison
from core.storage.queries.privacy.attachments import shared_document
from core.storage.queries.screening import add_finding
from core.storage.tables import ChunkRow, DocumentRow, UserRow

NEAR_COPY = "near_copy"
POISON = frozenset({ScreeningKind.INJECTION, ScreeningKind.HIDDEN_TEXT, ScreeningKind.INVISIBLE})
"""Kinds of findings whose words are poison; a password that was held back is none."""
CANDIDATES = 100
"""Indexed passages that share words with a poisoned one and are compared with it."""

NEEDED = {Poison.HELD_BACK: 1 / 3, Poison.MISLEADING: 1 / 2}
"""The share of its stretches that a copy holds: what was held back is one sentence and all of it
poison, while a withdrawn passage also has words that others share."""
LEAST_FOLLOWING, MOST_AROUND = 40, 400
"""Characters behind the phrase by which an order was recognised: what is ordered stands there."""
_SENTENCE_END = re.compile(r"[.!?]\s+|\n\s*\n")

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Match:
    """The place of a text that resembles a poisoned passage most, and the document of that."""

    original_id: str
    start: int
    end: int


class NearCopies:
    """What was poison, and documents that resemble it; `key` returns that of the fingerprints."""

    def __init__(self, database: Database, keywords: KeywordIndex, key: Callable[[], str]) -> None:
        self._database = database
        self._keywords = keywords
        self._key = key

    def findings(self, version_id: str, document: ParsedDocument) -> list[ScreeningFinding]:
        """Return a blocking finding for each document that this version nearly copies.

        An earlier version of the same document counts as well.
        """
        with self._database.read() as session:
            known = known_poison(session)
        others = [one for one in known if one.version_id != version_id]
        return list(_findings(document, others, self._key())) if others else []

    def keep_held(
        self,
        document_id: str,
        version_id: str,
        document: ParsedDocument,
        findings: Sequence[ScreeningFinding],
    ) -> int:
        """Keep what a version was held back for, as `keep`.

        Nothing is kept of a file that somebody attached to a conversation: it would let one person
        have documents of the company held back.
        """
        with self._database.read() as session:
            if shared_document(session, document_id) is None:
                return 0
        words = list(dict.fromkeys(_poison(document, findings)))
        return self.keep(document_id, version_id, Poison.HELD_BACK, words)

    def keep_misleading(self, document_id: str, version_id: str, passages: Sequence[str]) -> int:
        """Keep passages that were withdrawn, as `keep`."""
        return self.keep(document_id, version_id, Poison.MISLEADING, passages)

    def keep(
        self, document_id: str, version_id: str, reason: Poison, passages: Sequence[str]
    ) -> int:
        """Keep the fingerprints of passages; return how many indexed documents resemble them.

        Those are put up for review.
        """
        found = [fingerprints(text, self._key()) for text in passages]
        with self._database.begin() as session:
            keep_poison(session, document_id, version_id, reason, (each.stored for each in found))
        copies: set[str] = set()
        for text, prints in zip(passages, found, strict=True):
            if prints.stretches:
                known = KnownPoison(document_id, version_id, reason, prints.stored)
                copies |= self._flag_indexed(known, text)
        return len(copies)

    def _flag_indexed(self, known: KnownPoison, text: str) -> set[str]:
        """Put documents whose passages resemble this one up for review; return their ids."""
        with self._database.read() as session:
            collections = [collection.id for collection in all_collections(session)]
        hits = self._keywords.search(collections, [WeightedText(text)], CANDIDATES)
        flagged: set[str] = set()
        with self._database.begin() as session:
            for chunk in _chunks(session, [hit.chunk_id for hit in hits], known.version_id):
                for match in _matches(chunk.text, [known], self._key()):
                    finding = _finding(chunk.page_from, chunk.text, match, is_blocking=False)
                    if add_finding(session, chunk.version_id, finding):
                        flagged.add(chunk.document_id)
            for copy_id in flagged:
                _put_up_for_review(session, copy_id, known.document_id)
        return flagged


def _poison(document: ParsedDocument, findings: Sequence[ScreeningFinding]) -> Iterator[str]:
    """Yield the sentences around each order to a model; of what is hidden, what was excerpted."""
    pages = {page.number: page.text for page in document.pages}
    for finding in findings:
        if finding.is_blocking and finding.kind in POISON:
            text = pages.get(finding.page, "")
            hits = find_injections(text) if finding.kind is ScreeningKind.INJECTION else ()
            yield from (_around(text, hit.start, hit.end) for hit in hits)
            if not hits:
                yield finding.excerpt


def _around(text: str, start: int, end: int) -> str:
    """Return the sentence that a range stands in, and the next one where that ends with it."""
    first = max((m.end() for m in _SENTENCE_END.finditer(text, 0, start)), default=0)
    last = _SENTENCE_END.search(text, min(end + LEAST_FOLLOWING, len(text)))
    most = end + MOST_AROUND
    return text[max(first, start - MOST_AROUND) : min(last.start() if last else len(text), most)]


def _findings(
    document: ParsedDocument, known: Sequence[KnownPoison], key: str
) -> Iterator[ScreeningFinding]:
    """Yield one finding for each original, on the first page that resembles it."""
    named: set[str] = set()
    for page in document.pages:
        for match in _matches(page.text, known, key):
            if match.original_id not in named:
                named.add(match.original_id)
                yield _finding(page.number, page.text, match, is_blocking=True)


def _matches(text: str, known: Sequence[KnownPoison], key: str) -> Iterator[_Match]:
    """Yield the passages of which enough stretches are in this text."""
    found = fingerprints(text, key)
    if not found.stretches:
        return
    rows = [numbers_from(one.stored) for one in known]
    shares, places = best_matches(np.concatenate(rows), found.numbers)
    start = 0
    for one, numbers in zip(known, rows, strict=True):
        mine = slice(start, start + len(numbers))
        start += len(numbers)
        if int((shares[mine] >= ALIKE).sum()) >= NEEDED[one.reason] * len(numbers):
            best = found.stretches[places[mine][int(shares[mine].argmax())]]
            yield _Match(one.document_id, best.start, best.end)


def _finding(page: int, text: str, match: _Match, *, is_blocking: bool) -> ScreeningFinding:
    redactor = Redactor()
    hits = redactor.learn(text)
    excerpt = redactor.excerpt(text, match.start, match.end, hits, length=EXCERPT_CHARS)
    return ScreeningFinding(
        page,
        ScreeningKind.COPY,
        NEAR_COPY,
        1,
        excerpt.text,
        is_blocking,
        excerpt.start,
        excerpt.end,
        match.original_id,
    )


def _chunks(session: Session, chunk_ids: Sequence[int], but: str) -> Sequence[ChunkRow]:
    return session.exec(
        select(ChunkRow).where(
            col(ChunkRow.id).in_(chunk_ids), ChunkRow.version_id != but, col(ChunkRow.is_ready)
        )
    ).all()


def _put_up_for_review(session: Session, document_id: str, original_id: str) -> None:
    """Let the owner look at it today, and tell administrators."""
    session.execute(
        update(DocumentRow).where(col(DocumentRow.id) == document_id).values(review_by=now().date())
    )
    record_event(session, SYSTEM, "document.near_copy", document_id, original=original_id)
    admins = session.exec(select(UserRow.id).where(UserRow.role == Role.ADMIN.value)).all()
    notify(session, SYSTEM, Happening.COPY_FOUND, admins, idea_id=None, document=document_id)
    logger.info("near copy found document_id=%s original_id=%s", document_id, original_id)
