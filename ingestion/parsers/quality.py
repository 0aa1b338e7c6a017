"""The quality with which the text of a page was read, a number that pages can be sorted by."""

import re

# Replacement characters, private use, non-characters, and the way some programs write a glyph
# that has no letter.
GARBAGE = re.compile("[\ufffd\ufffe\uffff\ue000-\uf8ff\U000f0000-\U0010ffff]|\\(cid:\\d{1,6}\\)")
# "T h i s": four and more single letters with one space between them.
SPACED_OUT = re.compile(r"(?: [^\W\d_]){4,}(?= )")
# Words of Latin small letters without a vowel; abbreviations are short or in capitals.
WITHOUT_VOWELS = re.compile(
    r"\b(?!https?\b)[B-DF-HJ-NP-TV-XZb-df-hj-np-tv-xz][b-df-hj-np-tv-xz]{4,}\b"
)
# Words run together: longer than any German compound in use, or with capitals inside.
GLUED = re.compile(r"[A-Za-z\u00c0-\u024f]{41,}|\b[A-Za-z]?(?:[a-z]{1,20}[A-Z]){3,}")
GARBAGE_WEIGHT = 3.0
BROKEN_WEIGHT = 2.0


def page_quality(text: str, confidence: float | None = None, unread: int = 0) -> float | None:
    """Return `c * max(0, 1 - 3g) * max(0, 1 - 2b)`, in [0, 1]; None for a page without text.

    c is the `confidence` of text recognition (1 without it), g the share of characters that are
    garbage, including the `unread` glyphs that the text lacks, and b the share of words that are
    broken: spaced out, without vowels, or glued together. A page with a third of garbage, or half
    of its words broken, cannot be read.
    """
    characters = sum(map(len, text.split()))
    if not characters and not unread:
        return None
    garbage = sum(len(run) for run in GARBAGE.findall(text)) + unread
    shares = garbage / (characters + unread), _broken_words(text)
    clean, whole = 1 - GARBAGE_WEIGHT * shares[0], 1 - BROKEN_WEIGHT * shares[1]
    trusted = 1.0 if confidence is None else min(max(confidence, 0.0), 1.0)
    return round(trusted * max(0.0, clean) * max(0.0, whole), 3)


def _broken_words(text: str) -> float:
    """Return the share of broken words, in [0, 1]."""
    words = text.split()
    if not words:
        return 0.0
    # Addresses of pages and files are not words.
    prose = f" {' '.join(word for word in words if '/' not in word and '@' not in word)} "
    spaced = sum(len(run) // 2 for run in SPACED_OUT.findall(prose))
    vowelless, glued = len(WITHOUT_VOWELS.findall(prose)), len(GLUED.findall(prose))
    return min(1.0, (spaced + vowelless + glued) / len(words))
