"""Replaces personal data and secrets by placeholders before a text leaves, and puts them back."""

import hashlib
import re
import secrets
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from core.guardrails.detectors import PLACEHOLDER, Kind, detect
from core.guardrails.modes import MASK_ALL, GuardedData, GuardMode, GuardPolicy
from core.guardrails.words.names import NOBODY_LISTED, NameList

# The beginning of a placeholder at the end of a text; at most as long as a placeholder.
_BEGINNING = re.compile(r"<(?:[A-Z]{1,7}(?:_\d{0,6})?)?\Z")


@dataclass(frozen=True, slots=True)
class Replacement:
    """A value and what stands for it."""

    kind: Kind
    placeholder: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without values, and what was replaced in it (each value once)."""

    text: str
    replacements: tuple[Replacement, ...] = ()


class Numbering:
    """Numbers the values of one conversation, so that each keeps its placeholder in all requests.

    It knows values by a keyed hash only. Safe to share between threads.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(16)
        self._lock = threading.Lock()
        self._numbers: dict[bytes, int] = {}
        self._counts: Counter[Kind] = Counter()

    def number(self, kind: Kind, value: str) -> int:
        """Return the number of this value among those of its kind, from 1 on."""
        known_as = hashlib.blake2b(f"{kind}{value}".encode(), key=self._key, digest_size=16)
        with self._lock:
            if known_as.digest() not in self._numbers:
                self._counts[kind] += 1
                self._numbers[known_as.digest()] = self._counts[kind]
            return self._numbers[known_as.digest()]


class Masker:
    """Masks and restores the texts of one request.

    The same value has the same placeholder in all texts of one instance, and of all instances with
    the same numbering. Only placeholders that this one gave out are restored. `restore` undoes
    `mask` exactly; text that already looked like a placeholder is itself masked as LITERAL, so
    that nothing a person or a document writes can ask for somebody's value. Not thread-safe.
    """

    def __init__(
        self,
        names: NameList = NOBODY_LISTED,
        policy: GuardPolicy = MASK_ALL,
        numbering: Numbering | None = None,
    ) -> None:
        """Mask names of these people, and what the policy does not let leave."""
        self._names = names
        self._policy = policy
        self._numbering = numbering or Numbering()
        self._sent: set[tuple[Kind, str]] = set()
        self._by_value: dict[str, Replacement] = {}
        self._by_placeholder: dict[str, str] = {}

    def mask(self, text: str) -> Masked:
        """Replace every value, and every other place where a known value occurs."""
        found = detect(text, self._names)
        hits = [hit for hit in found if hides(self._policy, hit.kind)]
        for hit in found:
            if self._policy.mode(guarded_data(hit.kind)) is GuardMode.WARN:
                self._sent.add((hit.kind, text[hit.start : hit.end]))
        for hit in hits:
            self._remember(hit.kind, text[hit.start : hit.end])
        used: dict[str, Replacement] = {}
        parts: list[str] = []
        position = 0
        for hit in hits:
            parts.append(self._mask_known(text[position : hit.start], used))
            parts.append(self._take(text[hit.start : hit.end], used))
            position = hit.end
        parts.append(self._mask_known(text[position:], used))
        return Masked("".join(parts), tuple(used.values()))

    @property
    def counts(self) -> dict[Kind, int]:
        """How many values of each kind were masked so far; imitated placeholders do not count."""
        kinds = Counter(one.kind for one in self._by_value.values())
        del kinds[Kind.LITERAL]
        return dict(kinds)

    @property
    def sent(self) -> dict[Kind, int]:
        """How many values of each kind left because a setting says so, and people are told."""
        return dict(Counter(kind for kind, _ in self._sent if kind is not Kind.LITERAL))

    def restore(self, text: str) -> str:
        """Put the values back; a placeholder that was never given out stays as it is."""
        return PLACEHOLDER.sub(lambda match: self._by_placeholder.get(match[0], match[0]), text)

    def restore_stream(self, pieces: Iterable[str]) -> Iterator[str]:
        """Restore a text that arrives in pieces, wherever these cut a placeholder."""
        pending = ""
        for piece in pieces:
            pending += piece
            unfinished = _BEGINNING.search(pending)
            ready = unfinished.start() if unfinished else len(pending)
            if ready:
                yield self.restore(pending[:ready])
            pending = pending[ready:]
        if pending:
            yield pending

    def _remember(self, kind: Kind, value: str) -> None:
        if value in self._by_value:
            return
        number = self._numbering.number(kind, value)
        replacement = Replacement(kind, f"<{kind}_{number}>", value)
        self._by_value[value] = replacement
        self._by_placeholder[replacement.placeholder] = value

    def _take(self, value: str, used: dict[str, Replacement]) -> str:
        used[value] = self._by_value[value]
        return used[value].placeholder

    def _mask_known(self, text: str, used: dict[str, Replacement]) -> str:
        """Replace known values where no detector saw them, such as inside longer words."""
        values = [value for value in self._by_value if value in text]
        if not values:
            return text
        pattern = "|".join(re.escape(value) for value in sorted(values, key=len, reverse=True))
        return re.sub(pattern, lambda match: self._take(match[0], used), text)


def guarded_data(kind: Kind) -> GuardedData:
    """Return what an operator counts a kind of value as."""
    match kind:
        case Kind.SECRET:
            return GuardedData.SECRETS
        case Kind.PERSON:
            return GuardedData.NAMES
        case _:
            return GuardedData.PERSONAL_DATA


def hides(policy: GuardPolicy, kind: Kind) -> bool:
    """Return whether values of this kind do not leave; imitated placeholders never do."""
    return kind is Kind.LITERAL or policy.mode(guarded_data(kind)).hides


def mask(text: str) -> Masked:
    """Mask one text on its own."""
    return Masker().mask(text)
