"""Reads numbers in words: "twenty-five", "two and a half million", "a dozen"."""

import re
from decimal import Decimal


def _numbered(words: str, first: int = 0) -> dict[str, int]:
    return {word: value for value, word in enumerate(words.split(), start=first)}


SMALL = _numbered(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
TENS = {
    word: 10 * value
    for word, value in _numbered(
        "twenty thirty forty fifty sixty seventy eighty ninety", first=2
    ).items()
}
SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
ORDINALS = _numbered(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth", first=1
)
SMALL |= {"twice": 2, "thrice": 3}
_WORDS = "|".join(sorted([*SMALL, *TENS, *SCALES], key=len, reverse=True))
NUMERAL = re.compile(
    rf"\b(?:(?:a|half\s+a)\s+(?=dozen|hundred|thousand|million|billion))?(?:{_WORDS}|dozen)\b"
    rf"(?:(?:\s*-\s*|\s+and\s+|\s+)(?:{_WORDS})\b)*(?:\s+and\s+a\s+half\b)?",
    re.IGNORECASE,
)


def numeral_value(words: str) -> Decimal:
    """Return the value of words that `NUMERAL` matched."""
    text = words.lower()
    total = part = 0
    for word in re.findall(r"[a-z]+", text):
        if word == "dozen":
            part = (part or 1) * 12
        elif word == "hundred":
            part = (part or 1) * 100
        elif word in SCALES:
            total, part = total + (part or 1) * SCALES[word], 0
        else:
            part += SMALL.get(word, 0) + TENS.get(word, 0)
    value = Decimal(total + part)
    if re.search(r"and\s+a\s+half$", text):
        value += Decimal("0.5")
    return value / 2 if text.startswith("half") else value
