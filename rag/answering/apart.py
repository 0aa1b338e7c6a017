"""Answers several questions in one: each is searched and answered apart."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from itertools import chain, zip_longest

from core.domain.answers import (
    PASSAGES,
    SANDBOX,
    AnswerLevel,
    AnswerPart,
    AnswerStatus,
    RetrievedChunk,
    Turn,
    only_nearest,
)
from core.guardrails.markdown import literal
from rag.writing.draft import AnswerDraft
from rag.writing.events import StepStarted, TextAdded, TextWithdrawn
from rag.writing.generation import NOT_IN_DOCUMENTS

PipelineEvent = StepStarted | TextAdded | TextWithdrawn
PipelineEvents = Generator[PipelineEvent, None, None]
AnswerOne = Callable[[AnswerDraft], PipelineEvents]


class AnswersApart:
    """Completes a draft with the answers to its questions, each under the question.

    A later question may lean on those before it. The whole is without an answer only if all of
    them are; a model that fails ends it. `is_markdown` says that a language model answers.
    """

    def __init__(self, answer: AnswerOne, *, is_markdown: bool) -> None:
        self._answer = answer
        self._is_markdown = is_markdown
        self._is_beside = False

    def run(
        self, draft: AnswerDraft, questions: Sequence[str], *, is_beside: bool = False
    ) -> PipelineEvents:
        """Answer the questions in their order; `is_beside` shows their answers side by side."""
        self._is_beside = is_beside
        for question in questions:
            yield from self._next(draft, question)
            if draft.status is AnswerStatus.FAILED:
                return
        if all(part.abstained for part in draft.within):
            draft.parts = ()
            draft.abstain(NOT_IN_DOCUMENTS)
            yield TextWithdrawn()
            yield TextAdded(draft.text)

    def _next(self, draft: AnswerDraft, question: str) -> PipelineEvents:
        part = _begin(draft, question, leans=not self._is_beside)
        opening = f"{self._title(part)}\n\n"
        yield self._added(f"\n\n{opening}" if draft.text else opening)
        before = "\n\n".join(filter(None, (draft.text, opening)))
        for event in self._answer(part):
            self._gather(draft)
            yield event
            if isinstance(event, TextWithdrawn):  # with it went what was shown before
                yield self._added(before)
        self._gather(draft)

    def _added(self, text: str) -> TextAdded:
        return TextAdded(text, is_quote=not self._is_markdown)

    def _title(self, part: AnswerDraft) -> str:
        title = title_of(part.question)
        return f"**{literal(title)}**" if self._is_markdown else title

    def _gather(self, draft: AnswerDraft) -> None:
        """Bring the draft up to what its parts have come to."""
        parts = draft.within
        draft.text = "\n\n".join(
            f"{self._title(part)}\n\n{self._said(part)}" for part in parts if part.text
        )
        draft.engine = _engine(parts)
        draft.citations = [citation for part in parts for citation in part.citations]
        draft.cards = tuple(card for part in parts for card in part.cards)
        shown = () if self._is_markdown else tuple(chain(*map(_values, parts)))
        draft.parts = tuple(replace(part, is_beside=self._is_beside) for part in shown)
        draft.collections = parts[0].collections
        draft.chunks = tuple(in_turn([part.chunks for part in parts]))
        draft.query = " ".join(part.query for part in parts)
        draft.evidence = max(
            (part.evidence for part in parts if part.evidence),
            key=lambda evidence: evidence.strength,
            default=None,
        )
        _add_up(draft)
        _fail_with(draft, parts[-1])

    def _said(self, part: AnswerDraft) -> str:
        """Return the text of a part, that of the sandbox itself as Markdown where one is read."""
        is_plain = part.engine == SANDBOX and self._is_markdown
        return literal(part.text) if is_plain else part.text


def title_of(question: str) -> str:
    """Return a question as it heads its answer."""
    words = question.strip()
    return f"{words[:1].upper()}{words[1:]}"


def _begin(draft: AnswerDraft, question: str, *, leans: bool) -> AnswerDraft:
    """Return the draft of the next question; one that leans sees those before it."""
    earlier = [Turn("user", part.question) for part in draft.within]
    part = AnswerDraft(
        question=question,
        history=[*draft.history, *earlier] if leans else (),
        numbered_after=len(draft.citations),
        started=draft.started,
        before_request=draft.before_request,
        prices=draft.prices,
        conversation_id=draft.conversation_id,
        is_about_files=draft.is_about_files,
    )
    draft.within.append(part)
    return part


def _values(part: AnswerDraft) -> Iterator[AnswerPart]:
    """Yield what is shown of a part: its own parts go under its title."""
    title, level = title_of(part.question), _level(part)
    if part.parts:
        yield AnswerPart(title, level)
        yield from part.parts
        return
    numbers = tuple(card.number for card in part.cards)
    yield AnswerPart(title, level, part.lead, _note(part, level), numbers)


def _level(part: AnswerDraft) -> AnswerLevel:
    if part.abstained:
        return AnswerLevel.NONE
    if part.engine == SANDBOX:
        return AnswerLevel.TALK
    return AnswerLevel.POSSIBLY if part.is_tentative else AnswerLevel.ANSWER


def _note(part: AnswerDraft, level: AnswerLevel) -> str:
    """Return what the sandbox itself says of a part."""
    match level:
        case AnswerLevel.NONE | AnswerLevel.TALK:
            return part.text
        case AnswerLevel.POSSIBLY:
            return only_nearest(len(part.cards))
        case AnswerLevel.ANSWER | AnswerLevel.FREE:
            return ""


def _engine(parts: Sequence[AnswerDraft]) -> str:
    """Return the language model if one wrote any part, otherwise what wrote most of it."""
    engines = [part.engine for part in parts]
    models = [engine for engine in engines if engine not in (PASSAGES, SANDBOX)]
    return models[0] if models else PASSAGES if PASSAGES in engines else SANDBOX


def in_turn(found: Sequence[Sequence[RetrievedChunk]]) -> Iterator[RetrievedChunk]:
    """Yield the best passage of each part, then the second best ones; none twice."""
    seen: set[int] = set()
    for hit in chain.from_iterable(zip_longest(*found)):
        if hit is not None and hit.chunk.id not in seen:
            seen.add(hit.chunk.id)
            yield hit


def _add_up(draft: AnswerDraft) -> None:
    parts = draft.within
    draft.named = frozenset().union(*(part.named for part in parts))
    draft.synonyms = tuple(chain.from_iterable(part.synonyms for part in parts))
    answered = [part for part in parts if not part.abstained]
    draft.is_tentative = bool(answered) and all(part.is_tentative for part in answered)
    if draft.is_tentative:  # it is said once, of the whole
        nearest = AnswerLevel.POSSIBLY
        draft.parts = tuple(replace(p, note="") if p.level is nearest else p for p in draft.parts)
    draft.invalid_markers = sum(part.invalid_markers for part in parts)
    draft.repairs = [repair for part in parts for repair in part.repairs]
    draft.masked_values = sum(part.masked_values for part in parts)
    draft.prompt_version = next((p.prompt_version for p in parts if p.prompt_version), "")
    draft.retrieval_ms = parts[-1].retrieval_ms or draft.retrieval_ms
    if draft.first_token_ms is None:
        draft.first_token_ms = parts[0].first_token_ms


def _fail_with(draft: AnswerDraft, part: AnswerDraft) -> None:
    if part.status is AnswerStatus.FAILED:
        draft.status, draft.error = part.status, part.error
        draft.error_type, draft.advice = part.error_type, part.advice
