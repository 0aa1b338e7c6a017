"""Answers the kinds of questions that need no reading of passages."""

from collections.abc import Callable, Sequence

from core.domain.answers import Turn
from core.domain.knowledge import Collection
from core.domain.ports import KeywordIndex
from core.storage.database import Database
from rag.kinds.library import library
from rag.kinds.mentions import mentions
from rag.kinds.recognition import Kind, QuestionKind, question_kind
from rag.kinds.reply import Reply
from rag.kinds.small_talk import small_talk

ReadableCollections = Callable[[], Sequence[Collection]]


class Replies:
    """The answers that the sandbox gives by itself, without a language model."""

    def __init__(self, database: Database, keywords: KeywordIndex) -> None:
        self._database = database
        self._keywords = keywords

    def to(
        self, kind: QuestionKind, collections_of: ReadableCollections, model_name: str | None
    ) -> Reply | None:
        """Return the answer, None where passages have to be read for it.

        `collections_of` is called for answers that name documents: nothing outside of what it
        returns is looked at.
        """
        match kind.kind:
            case Kind.GREETING | Kind.THANKS | Kind.GOODBYE | Kind.IDENTITY | Kind.HELP as talk:
                return small_talk(talk, model_name)
            case Kind.DOCUMENTS:
                collections = collections_of()
                with self._database.read() as session:
                    return library(session, collections)
            case Kind.MENTIONS:
                return self._mentions(kind, collections_of())
            case Kind.SUMMARISE | Kind.CHANGED | Kind.LIST | Kind.COMPARE | Kind.DEFINE:
                return None  # answered from passages, as any other question

    def _mentions(self, kind: QuestionKind, collections: Sequence[Collection]) -> Reply | None:
        if not collections:
            return None
        with self._database.read() as session:
            return mentions(
                session,
                self._keywords,
                kind.subject,
                [collection.id for collection in collections],
                is_literal=kind.is_literal,
            )


def without_talk(history: Sequence[Turn]) -> list[Turn]:
    """Return a conversation without small talk and its replies, which no follow-up leans on."""
    turns: list[Turn] = []
    is_talk = False
    for turn in history:
        if turn.role == "user":
            is_talk = _is_talk(turn.text)
        if not is_talk:
            turns.append(turn)
    return turns


def _is_talk(question: str) -> bool:
    kind = question_kind(question)
    return kind is not None and not kind.subject
