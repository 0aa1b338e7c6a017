"""The search for a quote on a page, whatever its spaces, hyphens and ligatures."""

import math
import unicodedata
from collections.abc import Iterator, Sequence

# Below this share of the quote in one run, marking it would mislead.
MIN_SHARE = 0.8
# The letters that a quote needs before a part of it is enough.
MIN_LENGTH_FOR_SHARE = 20


def locate(characters: Sequence[str], quote: str) -> list[int]:
    """Return the indexes of the characters of the quote, or of at least 80 % of it in one run.

    Only letters and digits are compared, regardless of case; the result is empty if the quote is
    not found. Of several matches, one that neither begins nor ends inside a word is taken; a short
    quote must have such a match.
    """
    wanted = _essence(quote)
    text, origins = _essence_with_origins(characters)
    if not wanted:
        return []
    whole = [s for s in _places(text, wanted) if _is_whole(characters, origins, s, len(wanted))]
    if whole:
        start, length = whole[0], len(wanted)
    elif len(wanted) < MIN_LENGTH_FOR_SHARE:
        return []
    else:
        start, length = _longest_run(text, wanted)
    return sorted(set(origins[start : start + length])) if length else []


def _places(text: str, wanted: str) -> Iterator[int]:
    start = text.find(wanted)
    while start >= 0:
        yield start
        start = text.find(wanted, start + 1)


def _is_whole(characters: Sequence[str], origins: Sequence[int], start: int, length: int) -> bool:
    """Tells whether no letter touches the first or the last letter of the run."""
    first, last = origins[start], origins[start + length - 1]
    before = "".join(characters[max(first - 1, 0) : first + 1])
    behind = "".join(characters[last : last + 2])
    return not any(len(pair) > 1 and pair.isalpha() for pair in (before, behind))


def _longest_run(text: str, wanted: str) -> tuple[int, int]:
    """Return start and length of the longest sufficient prefix, suffix or middle of `wanted`."""
    start = text.find(wanted)
    if start >= 0:
        return start, len(wanted)
    least = math.ceil(len(wanted) * MIN_SHARE)
    # Every sufficient run covers the middle part that all of them share.
    core = wanted[len(wanted) - least : least]
    best = (0, 0)
    start = text.find(core) if core else -1
    while start >= 0:
        best = max(best, _grown(text, wanted, start, len(wanted) - least), key=lambda run: run[1])
        start = text.find(core, start + 1)
    return best if best[1] >= least else (0, 0)


def _grown(text: str, wanted: str, start: int, offset: int) -> tuple[int, int]:
    """Return the run around text[start] == wanted[offset], extended while both agree."""
    left = 0
    while left < min(start, offset) and text[start - left - 1] == wanted[offset - left - 1]:
        left += 1
    right = 0
    most = min(len(text) - start, len(wanted) - offset)
    while right < most and text[start + right] == wanted[offset + right]:
        right += 1
    return start - left, left + right


def _essence_with_origins(characters: Sequence[str]) -> tuple[str, list[int]]:
    pieces: list[str] = []
    origins: list[int] = []
    for index, char in enumerate(characters):
        piece = _essence(char)
        pieces.append(piece)
        origins.extend([index] * len(piece))
    return "".join(pieces), origins


def _essence(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in folded if c.isalnum())
