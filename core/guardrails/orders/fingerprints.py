"""Fingerprints of short stretches of text, by which near copies are recognised without the text.

A stretch is a dozen longer words in a row, whatever their order, spelling with look-alikes, layout
and small words between. Its fingerprint is a MinHash (Broder 1997) of these words: the share of
equal numbers in two fingerprints estimates the share of words that the stretches have in common.
The hash is keyed, so that whoever has the fingerprints alone cannot try words on them.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.guardrails.folding import Folded, flatten

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.uint32]

NUMBERS = 128
"""Numbers in a fingerprint; the estimate is off by 0.045 (one standard deviation) at worst."""
STRETCH_WORDS = 12
STEP_WORDS = 2
LEAST_WORDS = 5
ALIKE = 0.35
"""The share of equal numbers from which two stretches say the same; see docs/adr/0042."""
AT_ONCE = 256
_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A range of a text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Fingerprints:
    """One row of numbers for each stretch of a text."""

    stretches: tuple[Stretch, ...]
    numbers: "Numbers"

    @property
    def stored(self) -> bytes:
        """The numbers as bytes, for `numbers_from`."""
        return self.numbers.astype("<u4").tobytes()


def fingerprints(text: str, key: str) -> Fingerprints:
    """Return the fingerprints of a text; none of one with fewer than five longer words."""
    flat = flatten(text)
    words = list(_WORD.finditer(flat.text))
    if len(words) < LEAST_WORDS:
        return Fingerprints((), np.zeros((0, NUMBERS), dtype=np.uint32))
    last = max(len(words) - STRETCH_WORDS, 0)
    starts = sorted({*range(0, last, STEP_WORDS), last})
    hashes = _hashes([word[0] for word in words], key)
    rows = [hashes[start : start + STRETCH_WORDS].min(axis=0) for start in starts]
    return Fingerprints(
        tuple(_stretch(flat, words[start : start + STRETCH_WORDS]) for start in starts),
        np.stack(rows),
    )


def numbers_from(stored: bytes) -> "Numbers":
    """Return the rows of numbers that were stored."""
    return np.frombuffer(stored, dtype="<u4").reshape(-1, NUMBERS).astype(np.uint32)


def best_matches(known: "Numbers", found: "Numbers") -> tuple["NDArray[np.float64]", list[int]]:
    """Return for each known row how alike the most similar found row is, and which one that is."""
    best = np.zeros(len(known))
    places = np.zeros(len(known), dtype=int)
    for start in range(0, len(found), AT_ONCE):
        part = found[start : start + AT_ONCE]
        shares = (known[:, None, :] == part[None, :, :]).mean(axis=2)
        better = shares.max(axis=1) > best
        places[better] = start + shares.argmax(axis=1)[better]
        best = np.maximum(best, shares.max(axis=1))
    return best, places.tolist()


def _stretch(flat: Folded, words: Sequence[re.Match[str]]) -> Stretch:
    return Stretch(*flat.span(words[0].start(), words[-1].end()))


def _hashes(words: Sequence[str], key: str) -> "Numbers":
    """Return 128 hashes of each word, all parts of one long keyed hash."""
    rows = {word: _hash(word, key.encode()[:64]) for word in set(words)}
    return np.stack([rows[word] for word in words])


def _hash(word: str, key: bytes) -> "Numbers":
    digests = (
        hashlib.blake2b(word.encode(), key=key, salt=bytes([part])).digest()
        for part in range(NUMBERS * 4 // hashlib.blake2b.MAX_DIGEST_SIZE)
    )
    return np.frombuffer(b"".join(digests), dtype="<u4").astype(np.uint32)
