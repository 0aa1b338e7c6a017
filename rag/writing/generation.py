"""Has a language model write the answer: masked on the way out, filtered and cited on return."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace

from core.domain.answers import AnswerStatus, GuardEffect, RetrievedChunk, Turn
from core.domain.identity import User
from core.domain.ports import ChatMessage, ChatModel, ModelDelta
from core.errors import CallRefused, ModelContextOverflow, ModelError, ModelTurnedOff
from core.guardrails.guard import NewMasker, plain_masker
from core.guardrails.leaks import LeakGuard
from core.guardrails.masking import Masker
from core.guardrails.orders.datamarks import RULE as DATAMARK_RULE
from core.guardrails.output import inert_stream
from core.model_calls import ModelCall
from rag.grounding.markers import strip_markers
from rag.prompting.context import PromptContexts
from rag.prompting.prompt import Prompt, fences
from rag.prompting.prompt_fit import PromptFit, shrinking_contents
from rag.writing.citations import CitationWeaver
from rag.writing.draft import AnswerDraft
from rag.writing.events import TextAdded, TextWithdrawn
from rag.writing.opening import looks_like_a_thought, opened
from rag.writing.sentinel import SentinelGuard
from rag.writing.wrapping import unwrapped

NOT_IN_DOCUMENTS = "The documents I can search do not answer this question."

WritingEvent = TextAdded | TextWithdrawn

logger = logging.getLogger(__name__)


class PromptRepeated(ModelError):
    """The answer repeats the instructions that the model works by."""


class Generation:
    """A language model that writes the text of a draft."""

    def __init__(
        self,
        prompt: Prompt,
        model: ChatModel,
        contexts: PromptContexts,
        new_masker: NewMasker = plain_masker,
    ) -> None:
        self._new_masker = new_masker
        self._prompt = prompt
        self._model = model
        self._contexts = contexts
        self._fit = PromptFit()

    @property
    def model_name(self) -> str:
        """The name of the model as the provider spells it."""
        return self._model.name

    def run(self, user: User, draft: AnswerDraft) -> Iterator[WritingEvent]:
        """Complete the draft; a ModelError ends it as failed with the text so far.

        Raises CallRefused before the first word. A prompt that is too long for the model is sent
        again with fewer passages.
        """
        draft.engine, draft.prompt_version = self._model.name, self._prompt.version
        context = self._contexts.of(user, draft.chunks, draft.collections)
        choices = list(shrinking_contents(draft.chunks, draft.history))
        for chunks, history in choices:
            masker = self._new_masker(draft.conversation_id)
            read = [_as_noted(hit, draft.notes) for hit in chunks]
            written = self._prompt.messages(draft.question, _unmarked(history), read, context)
            messages = _masked(draft, masker, written)
            is_last = (chunks, history) == choices[-1]
            if not is_last and not self._fit.may_fit(messages):
                continue
            draft.passages_given = len(chunks)
            try:
                yield from self._write(draft, masker, messages, chunks)
            except ModelContextOverflow as error:
                self._fit.note_refused(messages)
                _keep_refused(draft, is_last=is_last)
                if is_last:
                    draft.fail(error)
            else:
                return

    def _write(
        self,
        draft: AnswerDraft,
        masker: Masker,
        messages: Sequence[ChatMessage],
        chunks: Sequence[RetrievedChunk],
    ) -> Iterator[WritingEvent]:
        """Make one request; raises ModelContextOverflow or CallRefused before the first word."""
        call = draft.call = ModelCall(self._model.provider, self._model.name, messages)
        draft.before_request()
        instructions = [
            *self._prompt.instructions,
            DATAMARK_RULE,
            *(m.text for m in messages if m.role == "system"),
        ]
        leaks = LeakGuard(instructions, fences(messages), _known(draft, chunks))
        began = draft.elapsed_ms()
        try:
            deltas = self._model.stream(messages, purpose="answer", prompt=self._prompt.version)
            with closing(deltas):
                texts = StreamedTexts(draft, call, deltas, began)
                while texts.has_next:
                    yield from self._show(draft, masker, texts, leaks, chunks)
                    if texts.has_next:  # what was shown was a thought
                        draft.text, draft.citations, draft.repairs = "", [], []
                        yield TextWithdrawn()
        except ModelTurnedOff as error:  # what the filters hold back is not shown any more
            draft.text = draft.text.rstrip()
            draft.fail(error)
        finally:
            call.total_ms = draft.elapsed_ms() - began

    def _show(
        self,
        draft: AnswerDraft,
        masker: Masker,
        texts: "StreamedTexts",
        leaks: LeakGuard,
        chunks: Sequence[RetrievedChunk],
    ) -> Iterator[WritingEvent]:
        """Yield those parts of one text that are shown, until the text is withdrawn."""
        weaver = CitationWeaver(chunks, draft.numbered_after)
        yield from _shown(draft, masker, weaver, texts, leaks)


class FreeWriting(Generation):
    """A language model that writes without documents: all of it is shown, and nothing is cited."""

    def _show(
        self,
        draft: AnswerDraft,
        masker: Masker,
        texts: "StreamedTexts",
        leaks: LeakGuard,
        chunks: Sequence[RetrievedChunk],
    ) -> Iterator[WritingEvent]:
        del chunks
        pieces = masker.restore_stream(leaks.pass_on(inert_stream(texts.next())))
        for piece in pieces:
            if not texts.has_next:
                yield from _added(draft, piece)
        if texts.has_next:
            return
        draft.text = draft.text.rstrip()
        if leaks.has_found:
            draft.fail(_repeated(has_text=bool(draft.text)))


def _masked(
    draft: AnswerDraft, masker: Masker, messages: Sequence[ChatMessage]
) -> list[ChatMessage]:
    """Return the messages, all masked but the system message, which is our own.

    The question is masked first, so that its values are told apart from those of the rest.
    """
    masker.mask(draft.question)
    own = masker.counts
    masked = [masker.mask(m.text if m.role != "system" else "") for m in messages]
    draft.masked_values = len({r.placeholder for m in masked for r in m.replacements})
    for kind, count in masker.counts.items():
        draft.guarded[GuardEffect.MASKED, kind.value] = own.get(kind, 0)
        draft.guarded[GuardEffect.MASKED_ELSEWHERE, kind.value] = count - own.get(kind, 0)
    for kind, count in masker.sent.items():
        draft.guarded[GuardEffect.SENT, kind.value] = count
    return [
        message if message.role == "system" else ChatMessage(message.role, safe.text)
        for message, safe in zip(messages, masked, strict=True)
    ]


def _unmarked(history: Sequence[Turn]) -> list[Turn]:
    """Return the conversation without markers, whose numbers mean other sources now."""
    return [
        turn if turn.role == "user" else replace(turn, text=strip_markers(turn.text))
        for turn in history
    ]


def _as_noted(hit: RetrievedChunk, notes: Mapping[int, str]) -> RetrievedChunk:
    """Return a passage with what was noted of it instead of its words, if anything was."""
    noted = notes.get(hit.chunk.id)
    return hit if noted is None else replace(hit, chunk=replace(hit.chunk, text=noted))


def _keep_refused(draft: AnswerDraft, *, is_last: bool) -> None:
    """Keep a refused call, so that every request has its row; the last is that of the answer."""
    if draft.call is not None and not is_last:
        draft.refused_calls.append(draft.call)


def _known(draft: AnswerDraft, chunks: Sequence[RetrievedChunk]) -> list[str]:
    """Return what an answer may repeat, since the person may read all of it."""
    return [
        draft.question,
        *(turn.text for turn in draft.history),
        *(hit.chunk.text for hit in chunks),
    ]


class StreamedTexts:
    """The texts of one stream.

    A new text begins where the model marks all before it as a thought. A failing model ends the
    text instead of raising, so that what the filters still hold back of a broken answer is kept.
    """

    def __init__(
        self, draft: AnswerDraft, call: ModelCall, deltas: Iterator[ModelDelta], began: int
    ) -> None:
        self._draft = draft
        self._call = call
        self._deltas = deltas
        self._began = began
        self._first: str = ""
        self.has_next = True

    def next(self) -> Iterator[str]:
        """Yield the text up to the end, or to where all of it is withdrawn."""
        self.has_next = False
        has_text = bool(self._first)
        if self._first:
            yield self._first
        self._first = ""
        try:
            for delta in self._deltas:
                self._note(delta)
                if delta.withdraws and has_text:
                    self.has_next, self._first = True, delta.text
                    return
                has_text |= bool(delta.text)
                if delta.text:
                    yield delta.text
        except ModelError as error:
            self._fail(error)
        except BaseException:  # its reader left: by now the provider works on it
            self._call.is_charged = True
            raise

    def _note(self, delta: ModelDelta) -> None:
        self._call.note(delta)
        if delta.text and self._call.first_token_ms is None:
            self._call.first_token_ms = self._draft.elapsed_ms() - self._began

    def _fail(self, error: ModelError) -> None:
        self._call.note_error(error)
        if isinstance(error, ModelContextOverflow | CallRefused | ModelTurnedOff):
            raise error
        self._draft.fail(error)
        logger.warning("model call failed error=%s advice=%s", type(error).__name__, error.advice)


def _shown(
    draft: AnswerDraft,
    masker: Masker,
    weaver: CitationWeaver,
    texts: StreamedTexts,
    leaks: LeakGuard,
) -> Iterator[WritingEvent]:
    """Yield those parts of one text that are an answer, until the text is withdrawn."""
    sentinel = SentinelGuard()
    sentences = sentinel.pass_on(leaks.pass_on(inert_stream(unwrapped(texts.next()))))

    def shows_rest(rest: str) -> bool:
        if texts.has_next or sentinel.is_abstention or leaks.has_found:
            return False
        return draft.status is not AnswerStatus.FAILED or not looks_like_a_thought(rest)

    try:
        for piece in masker.restore_stream(opened(sentences, shows_rest)):
            if not texts.has_next:
                yield from _grow(draft, weaver, weaver.feed(piece))
    finally:
        draft.invalid_markers = weaver.invalid_markers
    if texts.has_next:
        return
    yield from _grow(draft, weaver, weaver.finish())
    draft.invalid_markers = weaver.invalid_markers
    draft.text = draft.text.rstrip()
    if leaks.has_found:
        draft.fail(_repeated(has_text=bool(draft.text)))
    elif sentinel.is_abstention and not draft.text:
        draft.abstain(NOT_IN_DOCUMENTS)
        draft.note_first_text()
        yield TextAdded(draft.text)


def _grow(draft: AnswerDraft, weaver: CitationWeaver, text: str) -> Iterator[WritingEvent]:
    draft.citations, draft.repairs = list(weaver.citations), list(weaver.repairs)
    yield from _added(draft, text)


def _added(draft: AnswerDraft, text: str) -> Iterator[WritingEvent]:
    text = text if draft.text else text.lstrip()
    if text:
        draft.text += text
        draft.note_first_text()
        yield TextAdded(text)


def _repeated(*, has_text: bool) -> PromptRepeated:
    outcome = "the answer ends here" if has_text else "the answer was withheld"
    return PromptRepeated(
        f"The language model began to repeat its own instructions, so {outcome}. Your question is "
        "kept. Ask it in other words."
    )
