"""Hands out maskers for texts that leave, and tells what of a text they hide."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from core.guardrails.detectors import Kind, detect
from core.guardrails.masking import Masker, guarded_data
from core.guardrails.modes import MASK_ALL, GuardMode, GuardPolicy
from core.guardrails.words.names import NOBODY_LISTED, NameList

NewMasker = Callable[[], Masker]
"""Returns a masker for the texts of one request."""


@dataclass(frozen=True, slots=True)
class Look:
    """How many values of each kind a text holds, by what happens to them when it leaves."""

    masked: Mapping[Kind, int] = field(default_factory=dict)
    blocked: Mapping[Kind, int] = field(default_factory=dict)
    warned: Mapping[Kind, int] = field(default_factory=dict)

    @property
    def is_blocked(self) -> bool:
        return bool(self.blocked)


def nobody() -> NameList:
    """Return the list without anybody."""
    return NOBODY_LISTED


class Guard:
    """The guard before one provider: its policy, and the people whose names are looked for."""

    def __init__(
        self, policy: GuardPolicy = MASK_ALL, names: Callable[[], NameList] = nobody
    ) -> None:
        self.policy = policy
        self._names = names

    def masker(self) -> Masker:
        """Return a masker for the texts of one request."""
        return Masker(self._names(), self.policy)

    def look(self, text: str) -> Look:
        """Return what a text holds and what would happen to it; each value counts once."""
        counts = {mode: Counter[Kind]() for mode in GuardMode}
        seen: set[str] = set()
        for hit in detect(text, self._names()):
            value = text[hit.start : hit.end]
            if hit.kind is not Kind.LITERAL and value not in seen:
                seen.add(value)
                counts[self.policy.mode(guarded_data(hit.kind))][hit.kind] += 1
        return Look(counts[GuardMode.MASK], counts[GuardMode.BLOCK], counts[GuardMode.WARN])
