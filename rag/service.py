"""The knowledge base as people use it: ask, search, and judge answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from core.domain.access import require_active
from core.domain.answers import NEEDS_A_MODEL, Answer, RetrievedChunk, Source, Turn, Way
from core.domain.clock import new_id
from core.domain.conversations import Feedback
from core.domain.identity import User
from core.domain.on_behalf import on_behalf_of
from core.errors import InvalidInput, NotFound
from core.guardrails.guard import Guard, Look
from core.storage.database import Database
from core.storage.queries.collections import readable_collections
from core.storage.queries.messages import own_answer, question_of, shown_pair
from core.storage.queries.people import as_now
from core.storage.queries.privacy.attachments import was_about_files
from core.storage.queries.sources import reach_of
from rag.answering.choosing import Answering
from rag.answering.on_files import Reading
from rag.answering.pace import Pace
from rag.answering.question_guard import QuestionGuard
from rag.answering.recording import CHAT, FREE, Surface
from rag.answering.running import RunningAnswers
from rag.answering.streams import AnswerStreams
from rag.answering.turns import AnswerTurns
from rag.answering.watch import AccessWatch, SignInCheck, never_signs_in
from rag.conversations.feedback import store_feedback
from rag.conversations.own import UNDO, Conversations, owned_conversation
from rag.conversations.questions import (
    REMEMBERED_MESSAGES,
    Place,
    history_of,
    new_conversation,
    replaceable,
    store_question,
    typed,
)
from rag.conversations.starters import starter_questions
from rag.finding.langchain_retriever import PassageRetriever
from rag.finding.retrieval import HybridRetriever
from rag.finding.rewriting import search_query
from rag.kinds.replies import without_talk
from rag.writing.draft import AnswerDraft
from rag.writing.events import AnswerEvents, AnswerFinished


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an answer may come from: collections, None for all readable ones, or attached files.

    With the way FREE it comes from none of them.
    """

    collection_ids: Sequence[str] | None = None
    is_about_files: bool = False
    way: Way = Way.DOCUMENTS


class Chat:
    """Questions and answers, for one person at a time."""

    def __init__(  # noqa: PLR0913  the parts of a chat, each by its name
        self,
        database: Database,
        retriever: HybridRetriever,
        pipeline: Answering,
        running: RunningAnswers,
        *,
        turns: AnswerTurns | None = None,
        guard: Guard | None = None,
        embedding_guard: Guard | None = None,
        undo: timedelta = UNDO,
        per_minute: int = 0,
    ) -> None:
        """Take the guards before the language model and the embedding service, if there are any.

        `undo` is how long the deletion of a conversation can be undone, `per_minute` how many
        questions a person may type, 0 for any number.
        """
        self._pace = Pace(database, per_minute)
        self._guard = QuestionGuard(database, guard, embedding_guard)
        self._database = database
        self._retriever = retriever
        self._pipeline = pipeline
        self._running = running
        watch = AccessWatch(database)
        self._streams = AnswerStreams(pipeline, running, turns or AnswerTurns(), watch)
        self.conversations = Conversations(database, self._running.is_running, undo=undo)

    @property
    def model_name(self) -> str | None:
        """The configured language model, None when the passage engine answers."""
        return self._pipeline.model_name

    def look(self, user: User, question: str) -> Look:
        """Return what a question holds that the guard would mask, block or tell of."""
        require_active(user)
        return self._guard.look(question)

    def starters(self, user: User) -> list[str]:
        """Return up to four questions that the readable documents can answer."""
        require_active(user)
        with self._database.read() as session:
            return starter_questions(session, readable_collections(session, user))

    def start_conversation(self, user: User, question: str) -> str:
        """Create an empty conversation named after its first question, and return its id.

        Raises InvalidInput for an empty question, QuestionBlocked and TooManyQuestions as `ask`.
        """
        require_active(user)
        question = typed(question)
        self._pace.require(user)
        self._guard.require_sendable(user, question)
        with self._database.begin() as session:
            return new_conversation(session, user, question).id

    def ask(  # noqa: PLR0913  a question, its place, and where to look
        self,
        user: User,
        question: str,
        *,
        conversation_id: str | None = None,
        collection_ids: Sequence[str] | None = None,
        is_about_files: bool = False,
        way: Way = Way.DOCUMENTS,
        is_signed_in: SignInCheck = never_signs_in,
    ) -> AnswerEvents:
        """Answer inside a conversation (a new one if none is given), event by event.

        With `is_about_files`, the answer is made from the files attached to this very conversation,
        and from no document of the company; with the way FREE, from what the language model knows,
        checked against nothing. The question is stored before anything else. The answer
        is stored when the iterator ends, also when it is closed early (stopped) or the model fails.
        Raises InvalidInput for a question that cannot be used, QuestionBlocked for one with values
        that a setting lets nobody send, and NotFound for a foreign conversation. The iterator
        raises SignedOut once `is_signed_in` returns False; the answer is then stored as stopped.
        """
        place = Place(conversation_id)
        scope = Scope(collection_ids, is_about_files, way)
        return self._ask(user, question, place, scope, is_signed_in)

    def ask_instead(  # noqa: PLR0913  as `ask`, and what it replaces
        self,
        user: User,
        message_id: str,
        question: str,
        *,
        collection_ids: Sequence[str] | None = None,
        is_about_files: bool = False,
        way: Way = Way.DOCUMENTS,
        is_signed_in: SignInCheck = never_signs_in,
    ) -> AnswerEvents:
        """Ask a changed question in place of the one that the last answer is for.

        Both stay stored, and are shown again if the new answer is stopped or fails. Raises NotFound
        for an answer that is not this person's, InvalidInput if others came after it.
        """
        require_active(user)
        with self._database.read() as session:
            answer = own_answer(session, user, message_id)
        place = Place(answer.conversation_id, message_id)
        scope = Scope(collection_ids, is_about_files, way)
        return self._ask(user, question, place, scope, is_signed_in)

    def ask_again(
        self,
        user: User,
        message_id: str,
        *,
        collection_ids: Sequence[str] | None = None,
        is_signed_in: SignInCheck = never_signs_in,
    ) -> AnswerEvents:
        """Ask the question of an earlier answer again, at the end of its conversation.

        It is asked of the same: of the files of the conversation if these were searched for it.
        The new answer takes the place of the last one; an earlier one stays. Raises NotFound if the
        answer or its question no longer exists.
        """
        require_active(user)
        with self._database.read() as session:
            answer = own_answer(session, user, message_id)
            question = question_of(session, answer)
            is_last = shown_pair(session, answer) is not None
            is_about_files = was_about_files(session, answer.id)
            way = Way(answer.way)
        if not question:
            raise NotFound("The question of this answer no longer exists.")
        place = Place(answer.conversation_id, message_id if is_last else "")
        scope = Scope(collection_ids, is_about_files, way)
        return self._ask(user, question, place, scope, is_signed_in)

    def _ask(
        self,
        user: User,
        question: str,
        place: Place,
        scope: Scope,
        is_signed_in: SignInCheck,
    ) -> AnswerEvents:
        require_active(user)
        question = typed(question)
        self._require_way(scope.way)
        self._pace.require(user)
        self._guard.require_sendable(user, question)
        with self._database.begin() as session:
            conversation = (
                owned_conversation(session, user, place.conversation_id)
                if place.conversation_id
                else new_conversation(session, user, question)
            )
            replaced = replaceable(session, user, place.replaces)
            history = history_of(session, user, conversation.id, [row.id for row in replaced])
            answer_row = store_question(session, conversation, question, scope.way)
            for row in replaced:
                row.replaced_by = answer_row.id
            surface = Surface(_surface(scope.way), conversation.id, answer_row.id)
        # The same question asked again is no follow-up to itself.
        draft = AnswerDraft(
            question,
            [turn for turn in history if turn.text != question],
            conversation_id=conversation.id,
            is_about_files=scope.is_about_files and scope.way is Way.DOCUMENTS,
            way=scope.way,
        )
        return self._streams.stream(user, draft, surface, scope.collection_ids, is_signed_in)

    def _require_way(self, way: Way) -> None:
        if way is Way.FREE and self.model_name is None:
            raise InvalidInput(NEEDS_A_MODEL)

    def reading(self, user: User, conversation_id: str, question: str) -> Reading | None:
        """Return what it takes to read whole files of a conversation as a question asks.

        None where it takes a language model one request at most, or none is asked.
        """
        require_active(user)
        return self._pipeline.reading(user, conversation_id, question)

    def answer_once(  # noqa: PLR0913  a question, what came before, and where to look
        self,
        user: User,
        question: str,
        *,
        history: Sequence[Turn] = (),
        collection_ids: Sequence[str] | None = None,
        way: Way = Way.DOCUMENTS,
        surface: str = "terminal",
    ) -> Answer:
        """Return an answer without a conversation; usage is recorded all the same.

        Raises as `ask`, but never TooManyQuestions.
        """
        require_active(user)
        self._require_way(way)
        self._guard.require_sendable(user, question)
        draft = AnswerDraft(question=question, history=history, way=way)
        where = Surface(FREE if way is Way.FREE else surface)
        for event in self._streams.stream(user, draft, where, collection_ids):
            if isinstance(event, AnswerFinished):
                return event.answer
        raise RuntimeError("an answer stream always ends with AnswerFinished")

    def ask_temporarily(  # noqa: PLR0913  a question, what came before, and where to look
        self,
        user: User,
        question: str,
        *,
        history: Sequence[Turn] = (),
        chat_id: str = "",
        collection_ids: Sequence[str] | None = None,
        way: Way = Way.DOCUMENTS,
        is_signed_in: SignInCheck = never_signs_in,
    ) -> AnswerEvents:
        """Answer without storing a word, event by event; usage and cost count as ever.

        `history` is what the caller remembers; answers that are closed to the person by now are
        left out. `chat_id` tells the questions of one chat from those of others. Raises as `ask`.
        """
        require_active(user)
        question = typed(question)
        self._require_way(way)
        self._pace.require(user)
        self._guard.require_sendable(user, question)
        readable = self.may_still_read(user, [turn.sources for turn in history])
        pairs = zip(history, readable, strict=True)
        kept = [turn for turn, is_open in pairs if is_open and turn.text != question]
        draft = AnswerDraft(
            question, kept[-REMEMBERED_MESSAGES:], conversation_id=chat_id or new_id(), way=way
        )
        surface = Surface(_surface(way), draft.conversation_id)
        return self._streams.stream(user, draft, surface, collection_ids, is_signed_in)

    def may_still_read(self, user: User, texts: Sequence[Iterable[Source]]) -> list[bool]:
        """Return for the sources of each text whether they are all open to the person now.

        A text without sources, such as a question, is.
        """
        require_active(user)
        with self._database.read() as session:
            reach = reach_of(session, user, {source for text in texts for source in text})
        return [not reach.closed(sources) for sources in texts]

    def search(  # noqa: PLR0913  what to search, and for whom
        self,
        user: User,
        query: str,
        *,
        k: int = 10,
        history: Sequence[Turn] = (),
        collection_ids: Sequence[str] | None = None,
        surface: str = "terminal",
    ) -> tuple[RetrievedChunk, ...]:
        """Return the k best passages this person may read; `history` is the conversation so far.

        Raises QuestionBlocked for a query with values that the embedding service may not receive.
        """
        require_active(user)
        self._guard.require_searchable(user, query)
        wanted = search_query(query, without_talk(history))
        with on_behalf_of(user, surface):
            return self._retriever.retrieve(user, wanted, k, collection_ids=collection_ids).chunks

    def as_retriever(
        self, user: User, *, k: int = 10, collection_ids: Sequence[str] | None = None
    ) -> PassageRetriever:
        """Return the same search as a retriever of LangChain.

        A retriever outlives a sign-in, so account and groups are read again for every query.
        """

        def find(query: str, k: int) -> Sequence[RetrievedChunk]:
            with self._database.read() as session:
                person = as_now(session, user)
            return self.search(person, query, k=k, collection_ids=collection_ids, surface="api")

        require_active(user)
        return PassageRetriever(find=find, k=k)

    def give_feedback(self, user: User, message_id: str, feedback: Feedback) -> None:
        """Store or replace this person's judgement of one of their answers.

        Raises InvalidInput for a rating that is neither -1 nor 1, and NotFound.
        """
        require_active(user)
        if feedback.rating not in (-1, 1):
            raise InvalidInput("Feedback is either helpful or not helpful.")
        with self._database.begin() as session:
            store_feedback(session, user, message_id, feedback)

    def answers_running(self) -> int:
        """Return how many answers are being made in this process now."""
        return self._running.count()

    def close_interrupted(self) -> int:
        """Mark answers that a crash left unfinished as failed, at start; returns how many."""
        return self._running.reopen()

    def stop_answers(self) -> int:
        """Record all answers in the making as they are, when the app ends; returns how many."""
        return self._running.stop()

    def stop_answers_of(self, person_id: str) -> int:
        """Record a person's answers in the making as they are; returns how many."""
        return self._running.stop_of(person_id)


def _surface(way: Way) -> str:
    return FREE if way is Way.FREE else CHAT
