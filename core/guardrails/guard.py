"""Hands out maskers for texts that leave, and tells what of a text they hide."""

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from core.guardrails.detectors import Kind, detect
from core.guardrails.masking import Masker, Numbering, guarded_data
from core.guardrails.modes import MASK_ALL, GuardMode, GuardPolicy
from core.guardrails.words.names import NOBODY_LISTED, NameList

CONVERSATIONS = 2_000
"""The conversations whose placeholders are remembered; the one used longest ago goes first."""

NewMasker = Callable[[str], Masker]
"""Returns a masker for the texts of one request in a conversation, "" for one outside of any."""


def plain_masker(conversation_id: str = "") -> Masker:
    """Return a masker that knows nobody's name and remembers nothing."""
    del conversation_id
    return Masker()


@dataclass(frozen=True, slots=True)
class Look:
    """How many values of each kind a text holds, by what happens to them when it leaves."""

    masked: Mapping[Kind, int] = field(default_factory=dict)
    blocked: Mapping[Kind, int] = field(default_factory=dict)
    warned: Mapping[Kind, int] = field(default_factory=dict)

    @property
    def is_blocked(self) -> bool:
        return bool(self.blocked)


_TOLD: Mapping[Kind, tuple[str, str]] = {
    Kind.SECRET: ("password or key", "passwords or keys"),
    Kind.EMAIL: ("e-mail address", "e-mail addresses"),
    Kind.IBAN: ("IBAN", "IBANs"),
    Kind.CARD: ("card number", "card numbers"),
    Kind.IP: ("IP address", "IP addresses"),
    Kind.ACCOUNT: ("account number", "account numbers"),
    Kind.DEVICE: ("device address", "device addresses"),
    Kind.PLATE: ("number plate", "number plates"),
    Kind.ID: ("identity number", "identity numbers"),
    Kind.BIRTH: ("date of birth", "dates of birth"),
    Kind.PHONE: ("phone number", "phone numbers"),
    Kind.ADDRESS: ("street address", "street addresses"),
    Kind.PERSON: ("name", "names"),
}


def told(counts: Mapping[Kind, int]) -> str:
    """Return the counts in words, such as "1 phone number and 2 names"; "" for none."""
    parts = [f"{n:,} {_TOLD[kind][n != 1]}" for kind, n in sorted(counts.items()) if kind in _TOLD]
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


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
        self._lock = threading.Lock()
        self._numberings: OrderedDict[str, Numbering] = OrderedDict()

    def masker(self, conversation_id: str = "") -> Masker:
        """Return a masker for the texts of one request in a conversation."""
        return Masker(self._names(), self.policy, self._numbering(conversation_id))

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

    def blocked(self, texts: Iterable[str]) -> Mapping[Kind, int]:
        """Return how many values these texts hold of kinds that block; look only if any does."""
        if not self.policy.blocks:
            return {}
        return sum((Counter(self.look(text).blocked) for text in texts), Counter[Kind]())

    def _numbering(self, conversation_id: str) -> Numbering:
        if not conversation_id:
            return Numbering()
        with self._lock:
            numbering = self._numberings.setdefault(conversation_id, Numbering())
            self._numberings.move_to_end(conversation_id)
            if len(self._numberings) > CONVERSATIONS:
                self._numberings.popitem(last=False)
            return numbering
