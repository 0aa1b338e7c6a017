"""Chooses what answers: the language model, a cheaper one or the passages, as budgets allow."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from core.domain.answers import SANDBOX, Way
from core.domain.costs.refusals import AtLimit, Reason, Request
from core.domain.identity import User
from core.errors import CallRefused
from core.models.prices import cost_micros
from core.spending.door import Door
from rag.answering.apart import PipelineEvents
from rag.answering.on_files import Reading
from rag.answering.pipeline import AnswerPipeline, advise
from rag.kinds.recognition import Kind, question_kind
from rag.prompting.prompt import FREE
from rag.writing.draft import AnswerDraft
from rag.writing.events import TextWithdrawn


class Answering(Protocol):
    """What completes a draft, as `AnswerPipeline.run` does."""

    @property
    def model_name(self) -> str | None: ...

    def reading(self, user: User, conversation_id: str, question: str) -> Reading | None: ...

    def run(
        self, user: User, draft: AnswerDraft, collection_ids: Sequence[str] | None
    ) -> PipelineEvents: ...


@dataclass(frozen=True, slots=True)
class Engine:
    """A way to answer, and the request that it makes for an answer; None if it makes none."""

    pipeline: AnswerPipeline
    request: Request | None = None


class ChosenPipeline:
    """The first of several ways to answer whose request is let through.

    The last one asks no model. The ones between are for budgets only: what is turned off is
    answered by the passages. `at_limit` says whether an answer that no budget pays for fails
    instead.
    """

    def __init__(self, engines: Sequence[Engine], door: Door, at_limit: AtLimit) -> None:
        self._engines = tuple(engines)
        self._door = door
        self._at_limit = at_limit

    @property
    def model_name(self) -> str | None:
        """The configured language model."""
        return self._engines[0].pipeline.model_name

    def reading(self, user: User, conversation_id: str, question: str) -> Reading | None:
        """Return what reading whole files takes and costs, as `AnswerPipeline.reading`."""
        engine = self._engines[0]
        reading = engine.pipeline.reading(user, conversation_id, question)
        if reading is None or engine.request is None:
            return reading
        price = self._door.price(engine.request.model)
        if price is None:
            return reading
        cost = cost_micros(price, reading.usage)
        return replace(reading, cost_micros=cost, currency=price.currency)

    def run(
        self, user: User, draft: AnswerDraft, collection_ids: Sequence[str] | None
    ) -> PipelineEvents:
        """Complete the draft; raise as `AnswerPipeline.run` does, but never CallRefused."""
        history, first = draft.history, _Refused()
        for engine in self._engines:
            if engine.request is not None and self._is_closed(_of(engine.request, draft), first):
                continue
            if engine.request is None and draft.way is Way.FREE and first.refusal is not None:
                draft.fail(first.refusal)  # passages cannot do what was asked for
                return advise(user, draft)
            try:
                yield from engine.pipeline.run(user, draft, collection_ids)
            except CallRefused as refusal:  # by the door itself, which has recorded it
                is_last = engine.request is None  # not even its search is let through
                if is_last or self._stops(refusal):
                    draft.fail(refusal)
                    return advise(user, draft)
                first.note(refusal)
                if draft.text:
                    yield TextWithdrawn()
                draft.restart(history)
            else:
                return self._tell(draft, first)

    def _is_closed(self, request: Request, first: "_Refused") -> bool:
        """Return whether a way need not be tried."""
        if first.is_switch:
            return True
        refusal = self._door.refusal(request)
        if refusal is None or self._stops(refusal):
            return False
        first.note(refusal, request)
        return True

    def _stops(self, refusal: CallRefused) -> bool:
        return self._at_limit is AtLimit.STOP and not Reason(refusal.reason).is_switch

    def _tell(self, draft: AnswerDraft, first: "_Refused") -> None:
        """Say in the draft why another way answered; record what was not even tried."""
        if first.refusal is None or draft.engine == SANDBOX:
            return
        if not (draft.abstained or _replaces_a_model(draft)):
            return
        draft.fallback = first.refusal.reason
        if first.untried is not None and not draft.abstained:
            self._door.record(first.untried, first.refusal)


def _of(request: Request, draft: AnswerDraft) -> Request:
    """Return the request as it is made for a draft: the prompt depends on the way to ask."""
    return replace(request, prompt=FREE) if draft.way is Way.FREE else request


@dataclass(slots=True)
class _Refused:
    """The first refusal of an answer, and its request if that was not even tried."""

    refusal: CallRefused | None = None
    untried: Request | None = None

    @property
    def is_switch(self) -> bool:
        return self.refusal is not None and Reason(self.refusal.reason).is_switch

    def note(self, refusal: CallRefused, untried: Request | None = None) -> None:
        if self.refusal is None:
            self.refusal, self.untried = refusal, untried


def _replaces_a_model(draft: AnswerDraft) -> bool:
    """Return whether the language model would have written what stands here."""
    kind = question_kind(draft.question)
    is_summary = kind is not None and kind.kind is Kind.SUMMARISE
    parts = (draft, *draft.within)
    return is_summary or any(part.is_quoted or part.call is not None for part in parts)
