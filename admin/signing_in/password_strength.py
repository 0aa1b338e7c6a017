"""Judges how easily a password is guessed, and says what makes it easy.

zxcvbn estimates the guesses of an attacker who knows common passwords, names, words, dates and the
rows of a keyboard. It is English, and treats what stands around a word as chance. So words of this
place are added, a word with figures and signs around it counts as the word and 1,000 endings, and
one or two words with a year are refused in any language: two of 2,000 common words, 100 years and
ten spellings are fewer guesses than are asked for.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import ceil, log10
from pathlib import Path
from typing import Any

from zxcvbn import zxcvbn

# More guesses than months allow for a stolen hash (argon2id, some thousand a second).
LEAST_GUESSES = 10.0
LEAST_GUESSES_OF_FIGURES = 9.0
ENDINGS = 3.0
"""The years, figures and signs that people put around a word, as a power of ten."""

ALPHABETS = (("[a-z]", 26), ("[A-Z]", 26), ("[0-9]", 10), (r"[!-/:-@\[-`{-~]", 32))
LONGEST_READ = 72
COMMON_WORDS = Path(__file__).with_name("common_words.txt")
LEFTOVER_LETTERS = 4
DISTINCT_CHARACTERS = 5
EDGE_CHARACTERS = "0123456789!?.,;:-_+*#$%&/() "
LOOK_ALIKES = str.maketrans("013457@$", "oleastas")
MOST_WORDS_WITH_A_YEAR = 2
LEAST_WORD = 3
MOST_OTHER_FIGURES = 4
LONGEST_WORD = 12
"""In letters; a longer run counts as several words."""
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
LETTERS = re.compile(r"[^\W\d_]+")
SEQUENCE_STEPS = {-9, -1, 0, 1, 9}


class Weakness(StrEnum):
    """A reason why a password is easy to guess, worded to follow "it" in a sentence."""

    OWN = "contains your name, your address or the company name"
    COMMON = "is a common password or word with little added"
    ROW = "follows a keyboard pattern or a number sequence"
    REPEAT = "repeats the same characters"
    DATE = "is a date or a year with little added"
    WORDS_AND_YEAR = "is one or two words and a year"
    SHORT_OF_CHANCE = "is too predictable"


@dataclass(frozen=True, slots=True)
class _Estimate:
    """The guesses as a power of ten, and the patterns that were found, the longest first."""

    guesses: float
    patterns: Sequence[str]


def weakness(password: str, own_words: Collection[str]) -> Weakness | None:
    """Return why a password is easy to guess, or None; `own_words` are of person and company."""
    folded = password.casefold()
    own = frozenset(own_words)
    if len(set(folded)) < DISTINCT_CHARACTERS:
        return Weakness.REPEAT
    if _counts_on(folded):
        return Weakness.ROW
    if _is_built_from(folded, own):
        return Weakness.OWN
    if _is_built_from(folded, own | common_words()):
        return Weakness.COMMON
    if _is_words_and_year(password):
        return Weakness.WORDS_AND_YEAR
    return _of_estimate(password, own)


def words_of(text: str) -> frozenset[str]:
    """Return the words of three letters and more."""
    return frozenset(re.findall(r"[^\W\d_]{3,}", text.casefold()))


def common_words() -> frozenset[str]:
    """Return words of place and trade, and keyboard rows, that zxcvbn does not know."""
    return words_of(COMMON_WORDS.read_text(encoding="utf-8"))


def _of_estimate(password: str, own: frozenset[str]) -> Weakness | None:
    estimate = _estimate(password, own)
    core = password.strip(EDGE_CHARACTERS)
    if not core:
        return None if estimate.guesses >= LEAST_GUESSES_OF_FIGURES else _named(estimate)
    guesses = estimate.guesses
    if core != password:
        guesses = min(guesses, _estimate(core, own).guesses + ENDINGS)
    return None if guesses >= LEAST_GUESSES else _named(estimate)


def _estimate(password: str, own: frozenset[str]) -> _Estimate:
    # What follows the first 72 characters can only make it stronger.
    result: dict[str, Any] = zxcvbn(password[:LONGEST_READ], [*own, *common_words()])
    matches = sorted(result["sequence"], key=lambda match: -len(match["token"]))
    guesses = max(log10(max(float(result["guesses"]), 1.0)), _chance_repeated(result["sequence"]))
    return _Estimate(guesses, [match["pattern"] for match in matches])


def _chance_repeated(matches: Sequence[dict[str, Any]]) -> float:
    """Return the guesses for characters without a pattern, repeated as a whole; else 0.

    zxcvbn takes ten guesses for a character whatever it is, and then counts the repeats only.
    """
    if len(matches) != 1 or matches[0]["pattern"] != "repeat":
        return 0.0
    base = matches[0]["base_token"]
    if any(match["pattern"] != "bruteforce" for match in matches[0]["base_matches"]):
        return 0.0
    alphabet = sum(size for characters, size in ALPHABETS if re.search(characters, base))
    return len(base) * log10(alphabet) if alphabet else 0.0


def _named(estimate: _Estimate) -> Weakness:
    match next((pattern for pattern in estimate.patterns if pattern != "bruteforce"), "bruteforce"):
        case "dictionary":
            return Weakness.COMMON
        case "spatial" | "sequence":
            return Weakness.ROW
        case "repeat":
            return Weakness.REPEAT
        case "date" | "regex":
            return Weakness.DATE
        case _:
            return Weakness.SHORT_OF_CHANCE


def _is_built_from(password: str, words: Collection[str]) -> bool:
    spellings = (password, password.strip(EDGE_CHARACTERS).translate(LOOK_ALIKES))
    return any(_is_spelled_from(spelling, words) for spelling in spellings)


def _is_spelled_from(password: str, words: Collection[str]) -> bool:
    letters = leftover = re.sub(r"[\W\d_]+", "", password)
    for word in sorted(words, key=len, reverse=True):
        leftover = leftover.replace(word, "")
    return bool(letters) and len(leftover) < min(LEFTOVER_LETTERS, len(letters))


def _is_words_and_year(password: str) -> bool:
    """Return whether a password is only one or two words of three or more letters and a year.

    Scripts without capitals are left out, since they write sentences without blanks.
    """
    if not YEAR.search(password):
        return False
    remainder = YEAR.sub(" ", password)
    if sum(char.isdigit() for char in remainder) > MOST_OTHER_FIGURES:
        return False
    spellings = (remainder, remainder.strip(EDGE_CHARACTERS).translate(LOOK_ALIKES))
    return any(1 <= _words_in(spelling) <= MOST_WORDS_WITH_A_YEAR for spelling in spellings)


def _words_in(text: str) -> int:
    """Return the number of words ("GutenMorgen" is two), 0 if a run of letters is too short."""
    words: list[str] = []
    for run in LETTERS.findall(text):
        start = 0
        for position in range(1, len(run) + 1):
            if position == len(run) or (run[position].isupper() and run[position - 1].islower()):
                words.append(run[start:position])
                start = position
    if any(len(word) < LEAST_WORD or word.lower() == word.upper() for word in words):
        return 0
    return sum(ceil(len(word) / LONGEST_WORD) for word in words)


def _counts_on(password: str) -> bool:
    """Return whether a password only counts or repeats: 123456789012, abcdefghijkl."""
    return all(ord(second) - ord(first) in SEQUENCE_STEPS for first, second in pairwise(password))
