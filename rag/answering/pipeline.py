"""The steps from a question to an answer, in the order of docs/architecture.md.

Each step completes the AnswerDraft. Recording is left to the service, so that it also happens when
a step was stopped or failed.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from core.domain.answers import SANDBOX, AnswerStatus
from core.domain.identity import Role, User
from core.domain.knowledge import Collection
from core.domain.ports import ChatModel, Embedder, KeywordIndex
from core.errors import TELL_AN_ADMINISTRATOR, InvalidInput
from core.guardrails.screened_question import screen_question
from rag.finding.model_rewriting import ModelRewriter
from rag.finding.retrieval import HybridRetriever
from rag.finding.rewriting import SearchQuery, search_query
from rag.finding.selection import select
from rag.grounding import SupportJudge
from rag.grounding.judges.lexical import LexicalJudge
from rag.kinds.library import NO_COLLECTIONS
from rag.kinds.recognition import question_kind
from rag.kinds.replies import Replies, without_talk
from rag.prompting.model_call import ModelCall
from rag.prompting.prompt import Prompt
from rag.reading.evidence import QuestionTerms, weigh_evidence
from rag.reading.reader import ReadUnit
from rag.writing.cards import completed, show
from rag.writing.draft import AnswerDraft
from rag.writing.events import Step, StepStarted, TextAdded, TextWithdrawn
from rag.writing.generation import NOT_IN_DOCUMENTS, Generation
from rag.writing.lead import lead_of
from rag.writing.passages import PassageEngine

# Copies and neighbours are merged, so more passages are found than are read.
FOUND_PER_PASSAGE_READ = 2

PipelineEvent = StepStarted | TextAdded | TextWithdrawn
PipelineEvents = Generator[PipelineEvent, None, None]

__all__ = ["NOT_IN_DOCUMENTS", "AnswerModels", "AnswerPipeline"]


@dataclass(frozen=True, slots=True)
class AnswerModels:
    """The prompt, and the models that take part in answers.

    Without a `model` the passage engine answers, without a `judge` words and embeddings decide
    about support, and without a `rewriter` a follow-up is searched with the questions before it.
    """

    prompt: Prompt
    model: ChatModel | None = None
    judge: SupportJudge | None = None
    rewriter: ModelRewriter | None = None


class AnswerPipeline:
    """The steps to an answer: screen, reply, rewrite, retrieve, judge, generate, cite, ground."""

    def __init__(
        self,
        retriever: HybridRetriever,
        keywords: KeywordIndex,
        embedder: Embedder,
        models: AnswerModels,
        *,
        top_k: int,
    ) -> None:
        self._retriever = retriever
        self._keywords = keywords
        self._replies = Replies(retriever.database, keywords)
        self._passages = PassageEngine(embedder)
        self._generation = Generation(models.prompt, models.model) if models.model else None
        self._top_k = top_k
        self._support = models.judge or LexicalJudge(embedder)
        self._rewriter = models.rewriter

    @property
    def model_name(self) -> str | None:
        """The configured language model, None in passage mode."""
        return self._generation.model_name if self._generation else None

    def run(
        self, user: User, draft: AnswerDraft, collection_ids: Sequence[str] | None
    ) -> PipelineEvents:
        """Complete the draft; a ModelError ends it as failed with the text so far.

        Raises InvalidInput for a question that cannot be used, and what the retriever raises.
        """
        self._screen(draft)
        if self._reply(draft, user, collection_ids):
            yield from self._tell(draft, draft.text, is_quote=True)
        else:
            yield from self._answer(user, draft, collection_ids)
        if draft.status is AnswerStatus.PENDING:
            draft.status = AnswerStatus.COMPLETE

    def _answer(
        self, user: User, draft: AnswerDraft, collection_ids: Sequence[str] | None
    ) -> PipelineEvents:
        self._rewrite(draft)
        yield from self._retrieve(user, draft, collection_ids)
        terms, sentences = self._judge(draft)
        if draft.abstained:
            yield from self._tell(draft, draft.text)
        elif self._generation is None:
            yield from self._quote(draft, terms, sentences)
        else:
            yield StepStarted(Step.WRITING, len(draft.chunks))
            yield from self._generation.run(draft)
            self._ground(draft)
            _advise(user, draft)

    def _screen(self, draft: AnswerDraft) -> None:
        screened = screen_question(draft.question)
        if screened.blocked_reason:
            raise InvalidInput(screened.blocked_reason)
        draft.question = screened.text
        draft.findings = tuple(finding.kind.value for finding in screened.findings)

    def _reply(self, draft: AnswerDraft, user: User, collection_ids: Sequence[str] | None) -> bool:
        """Complete a draft that needs no reading of passages; return whether it is one."""
        draft.history = without_talk(draft.history)
        kind = question_kind(draft.question)
        if kind is None:
            return False

        def readable() -> Sequence[Collection]:
            draft.collections = tuple(self._retriever.collections_for(user, collection_ids))
            return draft.collections

        reply = self._replies.to(kind, readable, self.model_name)
        if reply is None:
            return False
        draft.engine, draft.query = SANDBOX, draft.question
        draft.text, draft.named = reply.text, reply.sources
        draft.retrieval_ms = draft.elapsed_ms()
        return True

    def _rewrite(self, draft: AnswerDraft) -> None:
        draft.search = self._completed(draft) or search_query(draft.question, draft.history)
        draft.query = draft.search.standalone

    def _completed(self, draft: AnswerDraft) -> SearchQuery | None:
        """Return the follow-up as the language model completed it, None if it did not."""
        if self._rewriter is None or not any(turn.role == "user" for turn in draft.history):
            return None

        def announce(call: ModelCall) -> None:
            draft.rewrite_call = call
            draft.before_request()

        rewriting = self._rewriter.rewrite(draft.question, draft.history, announce)
        draft.masked_values = rewriting.masked_values
        return SearchQuery(rewriting.question) if rewriting.question else None

    def _retrieve(
        self, user: User, draft: AnswerDraft, collection_ids: Sequence[str] | None
    ) -> Iterator[PipelineEvent]:
        draft.collections = tuple(self._retriever.collections_for(user, collection_ids))
        yield StepStarted(Step.SEARCHING, len(draft.collections))
        retrieved = self._retriever.retrieve(
            user,
            draft.search,
            self._top_k * FOUND_PER_PASSAGE_READ,
            collection_ids=[c.id for c in draft.collections],
        )
        draft.query = retrieved.query.standalone
        draft.synonyms = retrieved.synonyms
        draft.chunks = select(retrieved.chunks, draft.query, self._top_k)
        draft.retrieval_ms = draft.elapsed_ms()
        yield StepStarted(Step.READING, len(draft.chunks))

    def _judge(self, draft: AnswerDraft) -> tuple[QuestionTerms, list[ReadUnit] | None]:
        ids = [c.id for c in draft.collections]
        terms = QuestionTerms(self._keywords, draft.query, ids, draft.synonyms)
        sentences = None
        if self._generation is None:  # a language model reads the passages itself
            sentences = self._passages.read(draft.query, terms, draft.chunks)
        draft.evidence = weigh_evidence(terms, draft.chunks, sentences)
        if not draft.collections:
            draft.abstain(NO_COLLECTIONS)
        elif not draft.evidence.is_enough:
            draft.abstain(NOT_IN_DOCUMENTS)
        return terms, sentences

    def _tell(
        self, draft: AnswerDraft, text: str, *, is_quote: bool = False
    ) -> Iterator[PipelineEvent]:
        draft.note_first_text()
        yield TextAdded(text, is_quote)

    def _quote(
        self, draft: AnswerDraft, terms: QuestionTerms, sentences: list[ReadUnit] | None
    ) -> Iterator[PipelineEvent]:
        """Write the passage engine's answer: quotes, word for word, each with its citation."""
        found = self._passages.quotes(draft.query, terms, draft.chunks, sentences)
        quotes = completed(found, self._retriever.with_passage_before)
        shown = show(quotes)
        for citation in shown.citations:
            line = f"> {citation.quote} [{citation.number}]"
            piece = f"\n\n{line}" if draft.citations else line
            draft.citations.append(citation)
            draft.text += piece
            yield from self._tell(draft, piece, is_quote=True)
        # Only now, since a card needs its citation: an answer that was stopped keeps its quotes.
        draft.lead, draft.cards = lead_of(quotes, draft.query, terms), shown.cards

    def _ground(self, draft: AnswerDraft) -> None:
        """Judge the sentences; stopped and failed answers are not worth a further request."""
        if not draft.abstained and draft.status is AnswerStatus.PENDING:
            draft.ground(self._support)


def _advise(user: User, draft: AnswerDraft) -> None:
    """Tell administrators which setting to change; employees read whom to tell."""
    if user.role is Role.ADMIN and draft.advice:
        error = draft.error.replace(TELL_AN_ADMINISTRATOR, "")
        draft.error = f"{error} {draft.advice}"
