"""The answer in the making: what the steps have found so far, kept when one of them stops."""

import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace

from core.domain.answers import (
    PASSAGES,
    Answer,
    AnswerPart,
    AnswerSentence,
    AnswerStatus,
    Card,
    Citation,
    GuardEffect,
    GuardNote,
    RetrievedChunk,
    Source,
    Support,
    Timing,
    TokenUsage,
    Turn,
    Way,
)
from core.domain.clock import new_id
from core.domain.knowledge import Collection
from core.domain.prices import Price
from core.errors import ModelError
from core.model_calls import ModelCall
from rag.finding.rewriting import SearchQuery
from rag.grounding import SupportJudge, ground, grounding
from rag.grounding.answer_units import claimed_words
from rag.grounding.markers import strip_markers
from rag.reading.evidence import Evidence
from rag.vocabulary.expansion import Expansion
from rag.writing.citations import RepairedCitation, cite, given
from rag.writing.passages import PASSAGES_READ

_ENDED = re.compile(r"[.!?…:][\"”’)*_]*\Z")


def _nothing_to_do() -> None:
    """Do nothing before a request."""


@dataclass(slots=True)
class AnswerDraft:
    """Everything known about an answer while it is made.

    `search` is what is searched for, and `query` the same as a standalone question, with the
    `synonyms` of its words. `named` are documents that the text names without quoting them.
    `repairs` are citations that replaced wrong ones. `passages_given` is the number of passages
    that the model read if it could not read all. `refused_calls` are requests for the answer that
    were too long for the model, or were not made at all. `is_quoted` says that passages were quoted
    because no model was there to write, and `fallback` why, where one should have been.
    `note_calls` are those for notes of a long document, `notes` what was noted of its passages, by
    their ids: a model is given them instead of the words.
    `within` are the answers to the questions that this one consists of; `numbered_after` is the
    last citation number of those before it. `parts` says which cards belong together.
    `before_request` is called when a request to a provider is about to be sent. `prices` are those
    of the models asked, and `group_names` the groups of whoever asked, as they were when the answer
    was first saved. `is_about_files` says that it is made from the files of its conversation and
    from nothing else; `way` whether it is made from documents at all. `guarded` counts what the
    guard did to values and passages. `started` is a reading of the monotonic clock in seconds.
    """

    question: str
    history: Sequence[Turn] = ()
    search: SearchQuery = field(default_factory=lambda: SearchQuery(""))
    query: str = ""
    synonyms: tuple[Expansion, ...] = ()
    findings: tuple[str, ...] = ()
    collections: tuple[Collection, ...] = ()
    chunks: tuple[RetrievedChunk, ...] = ()
    evidence: Evidence | None = None
    text: str = ""
    citations: list[Citation] = field(default_factory=list)
    nearest: list[Citation] = field(default_factory=list)
    named: frozenset[Source] = frozenset()
    lead: str = ""
    cards: tuple[Card, ...] = ()
    parts: tuple[AnswerPart, ...] = ()
    within: list["AnswerDraft"] = field(default_factory=list)
    numbered_after: int = 0
    invalid_markers: int = 0
    repairs: list[RepairedCitation] = field(default_factory=list)
    masked_values: int = 0
    guarded: Counter[tuple[GuardEffect, str]] = field(default_factory=Counter)
    conversation_id: str = ""
    is_about_files: bool = False
    way: Way = Way.DOCUMENTS
    passages_given: int | None = None
    abstained: bool = False
    is_tentative: bool = False
    is_quoted: bool = False
    fallback: str = ""
    status: AnswerStatus = AnswerStatus.PENDING
    engine: str = PASSAGES
    prompt_version: str = ""
    error: str = ""
    error_type: str = ""
    advice: str = ""
    call: ModelCall | None = None
    refused_calls: list[ModelCall] = field(default_factory=list)
    note_calls: list[ModelCall] = field(default_factory=list)
    notes: dict[int, str] = field(default_factory=dict)
    sentences: tuple[AnswerSentence, ...] | None = None
    judge_call: ModelCall | None = None
    rewrite_call: ModelCall | None = None
    started: float = field(default_factory=time.monotonic)
    retrieval_ms: int = 0
    first_token_ms: int | None = None
    usage_id: str = field(default_factory=new_id)
    before_request: Callable[[], None] = _nothing_to_do
    prices: dict[str, Price | None] = field(default_factory=dict)
    group_names: str | None = None

    @property
    def chunks_read(self) -> tuple[RetrievedChunk, ...]:
        """The passages that the answer was made from: those given to a model, else those read."""
        if self.within:
            return tuple(hit for part in self.within for hit in part.chunks_read)
        return self.chunks[: self.passages_given] if self.call else self.chunks[:PASSAGES_READ]

    def fail(self, error: ModelError) -> None:
        """End as failed; the text so far stays."""
        self.status = AnswerStatus.FAILED
        self.error, self.error_type, self.advice = str(error), type(error).__name__, error.advice

    def restart(self, history: Sequence[Turn]) -> None:
        """Forget what was found and written, so that another engine can answer from the start.

        What was asked of a model until now stays to be recorded.
        """
        calls = [*self.refused_calls, *_asked(self)]
        notes = [call for part in (self, *self.within) for call in part.note_calls]
        fresh = AnswerDraft(self.question, history)
        for each in fields(self):
            if each.name not in _KEPT_AT_RESTART:
                setattr(self, each.name, getattr(fresh, each.name))
        self.refused_calls, self.note_calls = calls, notes

    def end_within(self) -> None:
        """End the answers within this one that were not finished when it ended."""
        for part in self.within:
            if part.status is AnswerStatus.PENDING:
                part.status = self.status

    @property
    def sources(self) -> frozenset[Source]:
        """The documents whose words may stand in what is stored of this answer.

        What a model wrote may also come from the earlier answers that it was given.
        """
        read = self._nearest_chunks() if self.abstained else self.chunks_read
        own = self.named.union(
            Source(hit.chunk.document_id, hit.chunk.collection_id) for hit in read
        )
        if all(part.call is part.rewrite_call is None for part in (self, *self.within)):
            return own
        return own.union(*(turn.sources for turn in self.history))

    def note_first_text(self) -> None:
        """Remember when the first words appeared."""
        if self.first_token_ms is None:
            self.first_token_ms = self.elapsed_ms()

    def elapsed_ms(self) -> int:
        """Return the milliseconds since the question arrived."""
        return round((time.monotonic() - self.started) * 1000)

    def abstain(self, reason: str) -> None:
        """End with "not in the documents" and the nearest passages."""
        self.abstained = True
        self.text = reason
        self.citations = []
        self.nearest = [
            cite(number, hit, _opening(hit.chunk.text))
            for number, hit in enumerate(self._nearest_chunks(), start=1)
        ]

    def _nearest_chunks(self) -> Sequence[RetrievedChunk]:
        return _one_per_document(self.chunks)[:3]

    def answer(self, usage: TokenUsage) -> Answer:
        """Return the finished answer."""
        return self._value(usage, self.judged())

    def so_far(self, usage: TokenUsage) -> Answer:
        """Return what there is of an answer in the making, with none of it judged yet."""
        return self._value(usage, ())

    def _value(self, usage: TokenUsage, sentences: tuple[AnswerSentence, ...]) -> Answer:
        return Answer(
            text=self.text,
            status=self.status,
            abstained=self.abstained,
            engine=self.engine,
            citations=tuple(self.citations),
            sentences=sentences,
            nearest=tuple(self.nearest),
            standalone_query=self.query,
            usage=usage,
            timing=Timing(self.retrieval_ms, self.first_token_ms, self.elapsed_ms()),
            error=self.error,
            lead=self.lead,
            cards=self.cards,
            is_tentative=self.is_tentative,
            parts=self.parts,
            guard_notes=self.guard_notes,
            fallback=self.fallback,
            way=self.way,
        )

    @property
    def guard_notes(self) -> tuple[GuardNote, ...]:
        """What the guard did for this answer, and for those it consists of."""
        total = sum((part.guarded for part in self.within), self.guarded)
        return tuple(GuardNote(*what, count) for what, count in sorted(total.items()) if count)

    def ground(self, judge: SupportJudge) -> None:
        """Have the sentences of a finished answer judged; keep the model call that this took."""
        grounded = grounding(self.text, self._cited_texts(), judge)
        self.sentences = self._with_repairs(grounded.sentences)
        self.judge_call = grounded.call

    def _with_repairs(self, sentences: tuple[AnswerSentence, ...]) -> tuple[AnswerSentence, ...]:
        """Mark the sentences that cite something in place of a wrong source."""
        return tuple(
            replace(sentence, is_repaired=any(_is_of(repair, sentence) for repair in self.repairs))
            for sentence in sentences
        )

    def _cited_texts(self) -> dict[int, str]:
        """Map citation numbers to title, headings and words of the cited passage."""
        passages = {hit.chunk.id: given(hit).words for hit in self.chunks}
        return {c.number: passages.get(c.chunk_id or 0, c.quote) for c in self.citations}

    def judged(self) -> tuple[AnswerSentence, ...]:
        """Return the sentences of the text with their support.

        An abstention has none, and neither has what was asked for without documents.
        """
        if self.abstained or self.way is Way.FREE:
            return ()
        if self.within:
            return tuple(sentence for part in self.within for sentence in part.judged())
        if self.sentences is not None:
            return self.sentences
        if self.call is not None:  # stopped or failed: no further request is made
            sentences = self._with_repairs(ground(self.text, self._cited_texts()))
            return sentences[:-1] if _breaks_off(self.text, sentences) else sentences
        # No model wrote anything: each quote stands word for word on its page, however many
        # sentences it has.
        return tuple(
            AnswerSentence(citation.quote, Support.SUPPORTED, (citation.number,))
            for citation in self.citations
        )


_KEPT_AT_RESTART = (
    "question",
    "conversation_id",
    "is_about_files",
    "way",
    "findings",
    "numbered_after",
    "started",
    "first_token_ms",
    "usage_id",
    "before_request",
    "prices",
    "group_names",
)


def _asked(draft: AnswerDraft) -> list[ModelCall]:
    """Return the requests of an answer but for those of notes and those refused before."""
    within = [call for part in draft.within for call in (*part.refused_calls, *_asked(part))]
    own = (draft.call, draft.rewrite_call, draft.judge_call)
    return [*(call for call in own if call is not None), *within]


def _breaks_off(text: str, sentences: Sequence[AnswerSentence]) -> bool:
    """Return whether a text ends within the last sentence, which then claims nothing yet."""
    written = text.rstrip()
    is_last = bool(sentences) and not sentences[-1].citations
    return is_last and written.endswith(sentences[-1].text) and not _ENDED.search(written)


def _is_of(repair: RepairedCitation, sentence: AnswerSentence) -> bool:
    return repair.number in sentence.citations and repair.words in claimed_words(sentence.text)


def supported_count(answer: Answer) -> int:
    """Return how many sentences are fully supported."""
    return sum(sentence.support is Support.SUPPORTED for sentence in answer.sentences)


def _one_per_document(chunks: Sequence[RetrievedChunk]) -> list[RetrievedChunk]:
    best_hits: dict[str, RetrievedChunk] = {}
    for hit in chunks:
        best_hits.setdefault(hit.chunk.document_id, hit)
    return list(best_hits.values())


def _opening(passage: str) -> str:
    """Return the first words of a passage as a preview."""
    words = strip_markers(passage).split()
    return " ".join(words[:40])
