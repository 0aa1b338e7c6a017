"""What a judge of support is asked, and what it answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from core.domain.answers import Support
from rag.prompting.model_call import ModelCall


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence without markers and the whole text of each passage it cites (at least one)."""

    sentence: str
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How well the passages carry a sentence; `reason` tells a reader why not fully, else ""."""

    support: Support
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One verdict for each claim, in order, and the request to a model that it took, if any."""

    verdicts: tuple[Verdict, ...]
    call: ModelCall | None = None


class SupportJudge(Protocol):
    """Judges the sentences of one answer."""

    def judge(self, claims: Sequence[Claim]) -> Judgement:
        """Never raises for what the texts say, nor for a provider that fails."""
        ...
