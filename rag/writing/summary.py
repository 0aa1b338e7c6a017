"""Has a language model summarise a document: notes of its parts first, where it is long."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from core.domain.answers import RetrievedChunk, Source
from core.domain.identity import User
from core.domain.knowledge import Chunk
from core.domain.ports import ChatModel
from core.errors import CallRefused, ModelError
from core.guardrails.guard import NewMasker, plain_masker
from core.model_calls import ModelCall
from rag.prompting.context import PromptContexts
from rag.prompting.prompt import Prompt, load_prompt
from rag.writing.draft import AnswerDraft
from rag.writing.events import Step, StepStarted
from rag.writing.generation import Generation, WritingEvent
from rag.writing.notes import NotesAsked, NoteTaker

NOTES = "notes.v1"
SUMMARY = "summary.v1"
COMPARISON = "compare.v1"

CHARACTERS_AT_ONCE = 16_000
"""About 4,000 tokens: a document of up to ten pages is read in one request."""
MOST_REQUESTS = 8
"""Requests for notes; of a longer document, passages are read that are spread over all of it."""

LEFT_OUT = (
    "The document is long: this summary rests on {read} of its {all} passages, spread over the "
    "whole document."
)
LEFT_OUT_OF_SEVERAL = (
    "The documents are long: this rests on {read} of their {all} passages, spread over all of them."
)


@dataclass(frozen=True, slots=True)
class SummaryPrompts:
    """How a language model is asked for notes, and for what is written from them."""

    notes: Prompt
    summary: Prompt


def summary_prompts(company: str, written: str = SUMMARY) -> SummaryPrompts:
    """Read the prompts in use for a summary, or for a comparison."""
    return SummaryPrompts(load_prompt(company, NOTES), load_prompt(company, written))


class Summaries:
    """A language model that writes summaries; each request is masked and recorded as an answer's.

    A document that fits into one request is summarised from its passages, a longer one from the
    notes on them.
    """

    def __init__(
        self,
        prompts: SummaryPrompts,
        model: ChatModel,
        contexts: PromptContexts,
        new_masker: NewMasker = plain_masker,
    ) -> None:
        self._notes = NoteTaker(prompts.notes, model, new_masker)
        self._generation = Generation(prompts.summary, model, contexts, new_masker)
        self._contexts = contexts

    def run(
        self, user: User, draft: AnswerDraft, passages: Sequence[Chunk]
    ) -> Iterator[StepStarted | WritingEvent]:
        """Write the summary of passages in their order into the draft; it is not yet judged.

        A ModelError ends it as failed with the text so far. Raises CallRefused before the first
        word.
        """
        groups = [[RetrievedChunk(chunk, 0.0) for chunk in part] for part in _parts(passages)]
        draft.history = ()
        draft.named = frozenset(Source(c.document_id, c.collection_id) for c in passages)
        draft.chunks = tuple(hit for group in groups for hit in group)
        masked = 0
        if len(groups) > 1:
            masked = yield from self._take_notes(user, draft, groups)
        if not draft.error:
            yield StepStarted(Step.WRITING, len(draft.chunks))
            yield from self._generation.run(user, draft)
        draft.masked_values += masked

    def _take_notes(
        self, user: User, draft: AnswerDraft, groups: Sequence[Sequence[RetrievedChunk]]
    ) -> Generator[StepStarted, None, int]:
        """Keep the passages that say something, with what is noted of them.

        Returns how many values were masked.
        """
        masked = 0
        context = self._contexts.of(user, draft.chunks, draft.collections)

        def announce(call: ModelCall) -> None:
            draft.note_calls.append(call)
            draft.before_request()

        for part, group in enumerate(groups, start=1):
            yield StepStarted(Step.READING, len(group), part, len(groups))
            asked = NotesAsked(draft.question, group, context)
            try:
                notes = self._notes.take(asked, announce)
            except CallRefused:
                raise
            except ModelError as error:
                draft.fail(error)
                break
            draft.notes |= notes.by_passage
            masked += notes.masked_values
        noted = tuple(hit for hit in draft.chunks if hit.chunk.id in draft.notes)
        # Without any notes that can be used, the beginnings of the parts say most.
        draft.chunks = noted or tuple(group[0] for group in groups)
        return masked


def remark(passages: Sequence[Chunk]) -> str:
    """Return what is told under a summary of these passages: that some were left out, or ""."""
    read = sum(map(len, _parts(passages)))
    if read == len(passages):
        return ""
    is_one = len({chunk.document_id for chunk in passages}) == 1
    told = LEFT_OUT if is_one else LEFT_OUT_OF_SEVERAL
    return told.format(read=read, all=len(passages))


def requests_for(passages: Sequence[Chunk]) -> tuple[int, int]:
    """Return how many requests it takes to write of passages, and their characters together."""
    parts = _parts(passages)
    characters = sum(len(chunk.text) for part in parts for chunk in part)
    return (len(parts) + 1 if len(parts) > 1 else 1), characters


def _parts(passages: Sequence[Chunk]) -> list[list[Chunk]]:
    """Return all passages in their order, as many at once as fit into one request.

    Of more than may be read, they are as many as may, evenly from the first to the last.
    """
    number = len(passages)
    while True:
        read = [passages[place * len(passages) // number] for place in range(number)]
        parts = list(_filled(read))
        if len(parts) <= MOST_REQUESTS or number == 1:
            return parts
        number = max(1, number * MOST_REQUESTS // len(parts))


def _filled(passages: Sequence[Chunk]) -> Iterator[list[Chunk]]:
    """Yield parts of at most `CHARACTERS_AT_ONCE`, or of one longer passage."""
    part: list[Chunk] = []
    size = 0
    for chunk in passages:
        if part and size + len(chunk.text) > CHARACTERS_AT_ONCE:
            yield part
            part, size = [], 0
        part.append(chunk)
        size += len(chunk.text)
    if part:
        yield part
