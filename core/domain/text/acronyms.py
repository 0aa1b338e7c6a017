"""Finds acronyms that a text explains: "Chief Information Security Officer (CISO)"."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

MAX_ACRONYMS = 500
MAX_LETTERS = 10
_PARENTHESIS = re.compile(r"\(([^()]{2,160})\)")
# In contracts: (the "DPA"), (hereinafter: DPA), (DPA for short).
_LEAD = re.compile(
    r"^(?:the|hereinafter|hereafter|in short|for short|short|abbreviated|abbr\.?|also|or|i\.e\.)"
    r"\b[:,]?\s*(?:referred to as\s+|called\s+|as\s+)?(?:the\s+)?",
    re.IGNORECASE,
)
_TAIL = re.compile(r",?\s+(?:for|in) short$", re.IGNORECASE)
_QUOTES = " \t\n\"'“”„‘’«»"
_SHORT = re.compile(r"[A-Za-z0-9][A-Za-z0-9&./-]*[A-Za-z0-9]\.?")
_SHORT_AT_END = re.compile(r"(?<![\w&./-])([A-Za-z0-9][A-Za-z0-9&./-]{0,9}[A-Za-z0-9])[\"'”’]?\s*$")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_BOUNDARY = re.compile(r"[.!?;:()|\t]\s|[|\t]|\n\s*\n|[\"“”„«»]")
_SMALL_WORDS = frozenset("a an and at by de for from in of on or per the to und with".split())
_DIGITS = {"1": "one", "2": "two", "3": "three", "4": "four", "5": "five"}
_BEFORE = 300


@dataclass(frozen=True, slots=True)
class Acronym:
    """A short form and the words it stands for, both as they are written."""

    short: str
    long: str


IsWanted = Callable[[str, str], bool]
"""Takes a short form and the word of the long form that stands next to the parenthesis."""


def explained_acronyms(
    text: str, is_wanted: IsWanted = lambda _short, _word: True
) -> tuple[Acronym, ...]:
    """Return the acronyms that a text explains in parentheses, in order, each pair once.

    Those that are not wanted are left out before their long form is looked for, which takes long.

    Each word of the long form gives its first letter and perhaps later ones; small words such as
    "of" may give none. This is stricter than Schwartz and Hearst, "A simple algorithm for
    identifying abbreviation definitions in biomedical text", 2003, which lets words give none.
    """
    found: dict[tuple[str, str], Acronym] = {}
    for acronym in _explained(text, is_wanted):
        found.setdefault((acronym.short, acronym.long.casefold()), acronym)
        if len(found) == MAX_ACRONYMS:
            break
    return tuple(found.values())


def _explained(text: str, is_wanted: IsWanted) -> Iterator[Acronym]:
    for match in _PARENTHESIS.finditer(text):
        before = text[max(0, match.start() - _BEFORE) : match.start()]
        acronym = _short_inside(before, match[1], is_wanted) or _long_inside(
            before, match[1], is_wanted
        )
        if acronym is not None:
            yield acronym


def _short_inside(before: str, inside: str, is_wanted: IsWanted) -> Acronym | None:
    """Read "Chief Information Security Officer (CISO)"."""
    short = _short_form(_TAIL.sub("", _LEAD.sub("", inside.strip(_QUOTES))).strip(_QUOTES))
    if short is None:
        return None
    clause = _BOUNDARY.split(before.rstrip(_QUOTES))[-1]
    words = _WORD.findall(clause)
    long = _long_form(short, clause) if words and is_wanted(short, words[-1]) else ""
    return Acronym(short, long) if long else None


def _long_inside(before: str, inside: str, is_wanted: IsWanted) -> Acronym | None:
    """Read "CISO (Chief Information Security Officer)"."""
    match = _SHORT_AT_END.search(before)
    short = _short_form(match[1]) if match else None
    first = _WORD.search(inside)
    if short is None or first is None or not is_wanted(short, first[0]):
        return None
    for long in (inside, re.split(r"[,;:]", inside)[0]):
        words = [w[0] for w in _WORD.finditer(long)]
        if _stands_for(short, words, initials=True) or _stands_for(short, words, initials=False):
            return Acronym(short, " ".join(long.split()).strip(_QUOTES))
    return None


def _short_form(text: str) -> str | None:
    """Return the acronym without a plural ending, None if it does not look like one."""
    short = re.split(r"[,;]", text)[0].strip(_QUOTES)
    if not _SHORT.fullmatch(short):
        return None
    short = short[:-1] if re.search(r"[A-Z]s$", short) else short.rstrip(".")
    capitals = sum(map(str.isupper, short))
    letters = sum(map(str.isalpha, short))
    return short if capitals >= 2 and 2 * capitals > letters else None


def _long_form(short: str, clause: str) -> str:
    """Return the fewest words at the end of a clause that an acronym stands for; "" if none."""
    words = list(_WORD.finditer(clause))[-2 * MAX_LETTERS :]
    for initials in (True, False):
        for start in range(len(words) - 1, -1, -1):
            if _stands_for(short, [word[0] for word in words[start:]], initials=initials):
                return " ".join(clause[words[start].start() : words[-1].end()].split())
    return ""


def _stands_for(short: str, words: Sequence[str], *, initials: bool) -> bool:
    """Return whether each word gives letters; with `initials`, its first one only."""
    letters = "".join(filter(str.isalnum, short)).lower()
    lower = [word.lower() for word in words]
    content = [word for word in lower if word not in _SMALL_WORDS]
    if not content or lower[0] in _SMALL_WORDS or letters in lower or len(content) > len(letters):
        return False
    if len(content) == 1 and len(letters) < 3:  # "DE" is no sign of "depot"
        return False

    @cache
    def reads(letter: int, word: int) -> bool:
        if word == len(lower):
            return letter == len(letters)
        if lower[word] in _SMALL_WORDS and reads(letter, word + 1):
            return True
        taken = _taken(letters[letter:], lower[word], initials=initials)
        return any(reads(letter + count, word + 1) for count in taken)

    return reads(0, 0)


def _taken(letters: str, word: str, *, initials: bool) -> list[int]:
    """Return how many of the next letters a word can give, its first letter first."""
    if not letters or not (word[0] == letters[0] or _DIGITS.get(letters[0]) == word):
        return []
    place, counts = 1, [1]
    for count, letter in enumerate(letters[1:], start=2):
        place = word.find(letter, place) + 1
        if initials or not place:
            break
        counts.append(count)
    return counts
