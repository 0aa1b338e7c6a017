"""The steps from a question to an answer, in the order of docs/architecture.md.

Each step completes the AnswerDraft. Recording is left to the service, so that it also happens when
a step was stopped or failed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from core.domain.answers import NEEDS_A_MODEL, SANDBOX, AnswerPart, AnswerStatus, Way, only_nearest
from core.domain.identity import Role, User
from core.domain.knowledge import Chunk, Collection
from core.domain.ports import Embedder, KeywordIndex
from core.errors import TELL_AN_ADMINISTRATOR, InvalidInput
from core.guardrails.screened_question import screen_question
from core.model_calls import ModelCall
from rag.answering.apart import AnswersApart, PipelineEvent, PipelineEvents, in_turn
from rag.answering.classes import PassageClasses
from rag.answering.models import AnswerModels
from rag.answering.on_files import NOTHING_SHOWN, FileAnswers, FileWork, Reading
from rag.compiling.comparison import both_sides
from rag.compiling.compilation import Compilation, put_into
from rag.compiling.compiler import NOT_A_LIST, Compiler
from rag.finding.retrieval import HybridRetriever
from rag.finding.rewriting import SearchQuery, search_query
from rag.finding.selection import select
from rag.grounding.judges.lexical import LexicalJudge
from rag.kinds.file_tasks import FileTask
from rag.kinds.library import NO_COLLECTIONS
from rag.kinds.recognition import Kind, QuestionKind, question_kind
from rag.kinds.replies import Replies, without_talk
from rag.kinds.reply import Reply
from rag.kinds.splitting import split_questions
from rag.reading.blocks import Blocks
from rag.reading.evidence import QuestionTerms, weigh_evidence
from rag.reading.reader import ReadUnit
from rag.writing.cards import completed, show
from rag.writing.draft import AnswerDraft
from rag.writing.events import Step, StepStarted, TextAdded
from rag.writing.generation import NOT_IN_DOCUMENTS
from rag.writing.lead import lead_of
from rag.writing.passages import PassageEngine
from rag.writing.refusals import NO_WORDS, has_words, refusal
from rag.writing.summary import COMPARISON, Summaries, remark

# Copies and neighbours are merged, so more passages are found than are read.
FOUND_PER_PASSAGE_READ = 2

__all__ = ["NOT_IN_DOCUMENTS", "AnswerModels", "AnswerPipeline"]


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
        self._compiler = Compiler(retriever, keywords)
        self._passages = PassageEngine(embedder)
        self._generation = models.generation(retriever.database)
        self._free_writing = models.free_writing(retriever.database)
        self._summaries = models.summaries(retriever.database)
        self._files = FileAnswers(
            self._compiler, self._summaries, models.summaries(retriever.database, COMPARISON)
        )
        self._top_k = top_k
        self._support = models.judge or LexicalJudge(embedder)
        self._rewriter = models.rewriter
        self._detector = models.detector
        self._classes = PassageClasses(
            retriever.database, models.highest_class, models.embeds_class
        )

    @property
    def model_name(self) -> str | None:
        """The configured language model, None in passage mode."""
        return self._generation.model_name if self._generation else None

    def reading(self, user: User, conversation_id: str, question: str) -> Reading | None:
        """Return what it takes the language model to read whole files of a conversation.

        None where it needs one request at most, or may not receive them.
        """
        attached = self._retriever.attached_to(user, conversation_id)
        work = self._files.work(question, question_kind(question), attached)
        if not isinstance(work, FileWork) or self._classes.private(work.passages):
            return None
        return self._files.reading(work)

    def run(
        self, user: User, draft: AnswerDraft, collection_ids: Sequence[str] | None
    ) -> PipelineEvents:
        """Complete the draft; a ModelError ends it as failed with the text so far.

        Raises InvalidInput for a question that cannot be used, what the retriever raises, and
        CallRefused where the language model may not be asked.
        """
        self._screen(draft)
        draft.history = without_talk(draft.history)
        if draft.way is Way.FREE:
            yield from self._write_freely(user, draft)
            return
        kind = question_kind(draft.question)
        questions = split_questions(draft.question) if kind is None else ()
        if len(questions) > 1:
            yield from self._apart(user, collection_ids).run(draft, questions)
        else:
            yield from self._answer_one(user, draft, collection_ids, kind)
        if draft.status is AnswerStatus.PENDING:
            draft.status = AnswerStatus.COMPLETE

    def _write_freely(self, user: User, draft: AnswerDraft) -> PipelineEvents:
        """Have the language model answer without documents; earlier answers are given to it."""
        if self._free_writing is None:
            raise InvalidInput(NEEDS_A_MODEL)
        draft.query = draft.question
        draft.history = self._classes.sendable(draft.history)
        yield StepStarted(Step.WRITING, 0)
        yield from self._free_writing.run(user, draft)
        advise(user, draft)
        if draft.status is AnswerStatus.PENDING:
            draft.status = AnswerStatus.COMPLETE

    def _apart(self, user: User, collection_ids: Sequence[str] | None) -> AnswersApart:
        def answer(part: AnswerDraft) -> PipelineEvents:
            kind = question_kind(part.question)
            if self._generation is not None and kind is not None and kind.is_compiled:
                kind = None  # what a language model writes has no cards beside it
            yield from self._answer_one(user, part, collection_ids, kind)

        return AnswersApart(answer, is_markdown=self._generation is not None)

    def _answer_one(
        self,
        user: User,
        draft: AnswerDraft,
        collection_ids: Sequence[str] | None,
        kind: QuestionKind | None,
    ) -> PipelineEvents:
        if draft.is_about_files:
            draft.collections = self._collections(user, draft, collection_ids)
            work = self._files.work(draft.question, kind, draft.collections)
            if work is not None:
                yield from self._on_files(user, draft, work)
                return
        passages = self._to_summarise(user, draft, collection_ids, kind)
        if passages and self._classes.note_if_private(draft, passages):
            passages = ()
        is_comparison = kind is not None and kind.kind is Kind.COMPARE
        sides = both_sides(kind.subject, kind.other) if kind is not None and is_comparison else ()
        if self._summaries is not None and passages:
            yield from self._summarise(user, draft, self._summaries, passages)
        elif self._reply(draft, user, collection_ids, kind):
            yield from self._tell(draft, draft.text, is_quote=True)
        elif sides and self._generation is None:
            yield from self._apart(user, collection_ids).run(draft, sides, is_beside=True)
        else:
            yield from self._answer(user, draft, collection_ids, sides)
            is_list = kind is not None and kind.kind is Kind.LIST
            if kind is not None and is_list and draft.cards and not draft.is_tentative:
                yield from self._say_incomplete(draft, kind.subject)

    def _say_incomplete(self, draft: AnswerDraft, subject: str) -> Iterator[PipelineEvent]:
        """Say that passages may not be all that there is of what was to be listed."""
        note = NOT_A_LIST.format(subject=subject)
        numbers = tuple(card.number for card in draft.cards)
        draft.parts = (AnswerPart("", lead=draft.lead, note=note, numbers=numbers),)
        draft.text += f"\n\n{note}"
        yield from self._tell(draft, f"\n\n{note}", is_quote=True)

    def _to_summarise(
        self,
        user: User,
        draft: AnswerDraft,
        collection_ids: Sequence[str] | None,
        kind: QuestionKind | None,
    ) -> Sequence[Chunk]:
        """Return the passages of the document that a language model is to summarise."""
        if self._summaries is None or kind is None or kind.kind is not Kind.SUMMARISE:
            return ()
        draft.collections = self._collections(user, draft, collection_ids)
        document = self._compiler.document(kind.subject, draft.collections)
        return self._compiler.passages(document, draft.collections) if document else ()

    def _answer(
        self,
        user: User,
        draft: AnswerDraft,
        collection_ids: Sequence[str] | None,
        sides: Sequence[str] = (),
    ) -> PipelineEvents:
        """Search and read passages; both `sides` of a comparison are searched apart as well."""
        self._rewrite(draft)
        yield from self._retrieve(user, draft, collection_ids, sides)
        chunks = [hit.chunk for hit in draft.chunks]
        quotes = self._generation is None or self._classes.note_if_private(draft, chunks)
        terms, sentences = self._judge(draft, reads=quotes)
        if draft.abstained:
            yield from self._tell(draft, draft.text)
        elif self._generation is None or quotes:
            yield from self._quote(draft, terms, sentences)
        else:
            yield StepStarted(Step.WRITING, len(draft.chunks))
            draft.history = self._classes.sendable(draft.history)
            yield from self._generation.run(user, draft)
            self._ground(draft)
            advise(user, draft)

    def _screen(self, draft: AnswerDraft) -> None:
        screened = screen_question(draft.question, detector=self._detector)
        if screened.blocked_reason:
            raise InvalidInput(screened.blocked_reason)
        draft.question = screened.text
        draft.findings = tuple(finding.kind.value for finding in screened.findings)

    def _on_files(self, user: User, draft: AnswerDraft, work: FileWork | Reply) -> PipelineEvents:
        """Summarise or compare whole files, or say why that cannot be done."""
        if isinstance(work, Reply):
            self._say(draft, work)
            yield from self._tell(draft, draft.text, is_quote=True)
            return
        writer = self._files.writer(work.task)
        if writer is not None and not self._classes.note_if_private(draft, work.passages):
            yield from self._summarise(user, draft, writer, work.passages)
            return
        compiled = self._compiler.outlines(work.documents, draft.collections)
        if compiled is None:
            self._say(draft, Reply(NOTHING_SHOWN))
        else:
            self._put(draft, compiled)
            is_beside = work.task is FileTask.COMPARE
            draft.parts = tuple(replace(part, is_beside=is_beside) for part in draft.parts)
        yield from self._tell(draft, draft.text, is_quote=True)

    def _collections(
        self, user: User, draft: AnswerDraft, collection_ids: Sequence[str] | None
    ) -> tuple[Collection, ...]:
        """Return where an answer may come from: files of its conversation alone, or documents."""
        if draft.is_about_files:
            return tuple(self._retriever.attached_to(user, draft.conversation_id))
        return tuple(self._retriever.collections_for(user, collection_ids))

    def _summarise(
        self, user: User, draft: AnswerDraft, summaries: Summaries, passages: Sequence[Chunk]
    ) -> PipelineEvents:
        draft.query = draft.question
        draft.retrieval_ms = draft.elapsed_ms()
        yield from summaries.run(user, draft, passages)
        self._ground(draft)
        advise(user, draft)
        told = remark(passages)
        if told and draft.text and not draft.abstained:
            draft.text += f"\n\n{told}"
            yield TextAdded(f"\n\n{told}")

    def _reply(
        self,
        draft: AnswerDraft,
        user: User,
        collection_ids: Sequence[str] | None,
        kind: QuestionKind | None,
    ) -> bool:
        """Complete a draft that the kind of its question answers; return whether it does."""
        if not has_words(draft.question):
            self._say(draft, Reply(NO_WORDS))
            return True
        if kind is None:
            return False

        def readable() -> Sequence[Collection]:
            draft.collections = self._collections(user, draft, collection_ids)
            return draft.collections

        said = self._replies.to(kind, readable, self.model_name)
        reply = said or self._compiler.compile(kind, readable())
        if reply is None:
            return False
        if isinstance(reply, Compilation):
            self._put(draft, reply)
        else:
            self._say(draft, reply)
        return True

    def _put(self, draft: AnswerDraft, compiled: Compilation) -> None:
        put_into(draft, compiled)
        draft.query, draft.retrieval_ms = draft.question, draft.elapsed_ms()

    def _say(self, draft: AnswerDraft, reply: Reply) -> None:
        draft.engine, draft.query = SANDBOX, draft.question
        draft.text, draft.named = reply.text, reply.sources
        draft.retrieval_ms = draft.elapsed_ms()

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

        history = self._classes.sendable(draft.history)
        if not any(turn.role == "user" for turn in history):
            return None
        rewriting = self._rewriter.rewrite(draft.question, history, announce)
        draft.masked_values = rewriting.masked_values
        return SearchQuery(rewriting.question) if rewriting.question else None

    def _retrieve(
        self,
        user: User,
        draft: AnswerDraft,
        collection_ids: Sequence[str] | None,
        sides: Sequence[str],
    ) -> Iterator[PipelineEvent]:
        draft.collections = self._collections(user, draft, collection_ids)
        yield StepStarted(Step.SEARCHING, len(draft.collections))
        retrieved, *others = [
            self._retriever.retrieve_from(
                draft.collections, search, self._top_k * FOUND_PER_PASSAGE_READ
            )
            for search in (draft.search, *map(SearchQuery, sides))
        ]
        draft.query = retrieved.query.standalone
        draft.synonyms = retrieved.synonyms
        found = list(in_turn([retrieved.chunks, *(other.chunks for other in others)]))
        draft.chunks = self._classes.readable_again(draft, select(found, draft.query, self._top_k))
        draft.retrieval_ms = draft.elapsed_ms()
        yield StepStarted(Step.READING, len(draft.chunks))

    def _judge(
        self, draft: AnswerDraft, *, reads: bool
    ) -> tuple[QuestionTerms, list[ReadUnit] | None]:
        ids = [c.id for c in draft.collections]
        terms = QuestionTerms(self._keywords, draft.query, ids, draft.synonyms)
        sentences = None
        if reads:  # a language model reads the passages itself
            sentences = self._passages.read(draft.query, terms, draft.chunks)
        draft.evidence = weigh_evidence(terms, draft.chunks, sentences)
        if not draft.collections:
            draft.abstain(NO_COLLECTIONS)
        elif not draft.evidence.is_enough:
            draft.abstain(refusal(draft.question, terms.known))
        draft.is_tentative = not draft.abstained and draft.evidence.is_tentative
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
        draft.is_quoted = True
        found = self._passages.quotes(
            draft.query, terms, draft.chunks, sentences, is_tentative=draft.is_tentative
        )
        blocks = Blocks()
        quotes = completed(found, self._retriever.with_passage_before, blocks)
        shown = show(quotes, blocks).numbered_after(draft.numbered_after)
        if draft.is_tentative:
            draft.text = only_nearest(len(shown.cards))
            yield from self._tell(draft, draft.text)
        for citation in shown.citations:
            line = f"> {citation.quote} [{citation.number}]"
            piece = f"\n\n{line}" if draft.text else line
            draft.citations.append(citation)
            draft.text += piece
            yield from self._tell(draft, piece, is_quote=True)
        # Only now, since a card needs its citation: an answer that was stopped keeps its quotes.
        draft.lead = "" if draft.is_tentative else lead_of(quotes, draft.query, terms, blocks)
        draft.cards = shown.cards

    def _ground(self, draft: AnswerDraft) -> None:
        """Judge the sentences; stopped and failed answers are not worth a further request."""
        if not draft.abstained and draft.status is AnswerStatus.PENDING:
            draft.ground(self._support)


def advise(user: User, draft: AnswerDraft) -> None:
    """Tell administrators which setting to change; employees read whom to tell."""
    if user.role is Role.ADMIN and draft.advice:
        error = draft.error.replace(TELL_AN_ADMINISTRATOR, "")
        draft.error = f"{error} {draft.advice}"
