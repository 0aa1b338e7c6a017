"""Shows an excerpt of a text without the personal data and secrets in and around it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.guardrails.detectors import Hit, Kind, detect

AROUND = 70
DOTS = "•••••"
# The prefix that tells the kind of a key, without a character of the key itself.
_KEY_PREFIX = re.compile(
    r"(?:sk|pk|rk)[-_]|gh[pousr]_|github_pat_|glpat-|AKIA|ASIA|AROA|xox[abeprs]-|AIza|hf_|eyJ"
    r"|-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----"
)
# Separators between the characters of a number.
_JOINTS = re.compile(r"[\s./()-]")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a text, values masked; `text[start:end]` is the place it is about."""

    text: str
    start: int
    end: int


def masked_value(kind: Kind, value: str) -> str:
    """Return enough of a value to recognise it, too little to use it."""
    plain = _JOINTS.sub("", value)
    match kind:
        case Kind.EMAIL:
            name, _, domain = value.rpartition("@")
            return f"{name[0] if len(name) > 2 else ''}…@{domain}"
        case Kind.IBAN if len(plain) > 12:
            return f"{plain[:4]} … {plain[-4:]}"
        case Kind.CARD:
            return f"… {plain[-4:]}"
        case Kind.PHONE:
            return f"{plain[:3]} … {plain[-2:]}"
        case Kind.IP | Kind.ID | Kind.BIRTH | Kind.ACCOUNT | Kind.DEVICE | Kind.PLATE:
            return f"… {plain[-2:]}"
        case Kind.PERSON | Kind.ADDRESS:
            return DOTS
        case _:
            prefix = _KEY_PREFIX.match(value)
            return (prefix[0] if prefix else "") + DOTS


class Redactor:
    """Cuts excerpts from the texts of one document, none of which shows one of its values.

    A value that was found once is masked wherever it stands, also where no detector sees it.
    """

    def __init__(self) -> None:
        self._known: dict[str, Kind] = {}

    def learn(self, text: str) -> list[Hit]:
        """Return the values in a text, which from now on are masked in every excerpt."""
        hits = [hit for hit in detect(text) if hit.kind is not Kind.LITERAL]
        for hit in hits:
            self._known.setdefault(text[hit.start : hit.end], hit.kind)
        return hits

    def excerpt(
        self, text: str, start: int, end: int, hits: Sequence[Hit], *, length: int
    ) -> Excerpt:
        """Return one line of at most `length` characters around `text[start:end]`.

        `hits` are the values in this text, as `learn` returned them.
        """
        first, last = _window(text, start, end, length)
        excerpt = "…" if first else ""
        mark_from, mark_to = length, 0
        for a, b, mask in self._pieces(text, first, last, hits, cuts=(start, end)):
            is_inside = a < end and start < b
            mark_from = min(mark_from, len(excerpt)) if is_inside else mark_from
            excerpt += _SPACE.sub(" ", text[a:b]) if mask is None else mask
            mark_to = len(excerpt) if is_inside else mark_to
        return self._checked(
            excerpt + ("…" if last < len(text) else ""), mark_from, mark_to, length
        )

    def _pieces(
        self, text: str, first: int, last: int, hits: Sequence[Hit], *, cuts: tuple[int, int]
    ) -> Iterator[tuple[int, int, str | None]]:
        """Yield the ranges of the text from first to last, each with its mask if it is a value."""
        offset = first
        for hit in sorted(self._values(text, first, last, hits), key=lambda hit: hit.start):
            yield from _plain(offset, hit.start, cuts)
            yield hit.start, hit.end, masked_value(hit.kind, text[hit.start : hit.end])
            offset = hit.end
        yield from _plain(offset, last, cuts)

    def _values(self, text: str, first: int, last: int, hits: Sequence[Hit]) -> list[Hit]:
        """Return the values that reach into the window, none overlapping another."""
        values = [hit for hit in hits if hit.start < last and first < hit.end]
        for value, kind in self._known.items():
            offset = text.find(value, max(0, first - len(value)), last + len(value))
            while offset >= 0:
                end = offset + len(value)
                is_shown = offset < last and first < end
                if is_shown and not any(offset < h.end and h.start < end for h in values):
                    values.append(Hit(kind, offset, end))
                offset = text.find(value, end, last + len(value))
        return values

    def _checked(self, excerpt: str, start: int, end: int, length: int) -> Excerpt:
        """Shorten the excerpt and remove values that joining the pieces put together again."""
        excerpt = excerpt[:length]
        while any(value in excerpt for value in self._known):
            for value in self._known:
                excerpt = excerpt.replace(value, "…")
        end = min(end, len(excerpt))
        return Excerpt(excerpt, min(start, end), end)


def _window(text: str, start: int, end: int, length: int) -> tuple[int, int]:
    """Return where an excerpt around a range begins and ends, at a word boundary if possible."""
    first = max(0, start - AROUND)
    if first:
        first = text.find(" ", first, start) + 1 or first
    return first, min(len(text), max(end, start + 1) + AROUND, first + length)


def _plain(start: int, end: int, cuts: Iterable[int]) -> Iterator[tuple[int, int, None]]:
    """Yield a range without values, cut where the excerpt's own range begins and ends."""
    bounds = [start, *sorted(cut for cut in set(cuts) if start < cut < end), end]
    for a, b in pairwise(bounds):
        if a < b:
            yield a, b, None
