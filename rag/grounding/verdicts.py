"""The questions to a judge of support, and its verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.domain.answers import Support
from core.model_calls import ModelCall


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence without markers and the whole text of each passage it cites (at least one)."""

    sentence: str
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How well the passages support a sentence; `reason` says why not fully, else it is empty."""

    support: Support
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One verdict for each claim, in order, and the model call that it took, if any."""

    verdicts: tuple[Verdict, ...]
    call: ModelCall | None = None


class SupportJudge(Protocol):
    """A judge of the sentences of one answer."""

    def judge(self, claims: Sequence[Claim]) -> Judgement:
        """Return a verdict on each claim; never raises for strange texts or a failing provider."""
        ...
