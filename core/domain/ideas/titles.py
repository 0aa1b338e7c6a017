"""Titles of ideas in the form by which two of them count as the same."""

import re
import unicodedata

NOISE = frozenset(
    """
    a an the add allow build create develop enable implement introduce make provide set start
    support use using want need idea proposal new our we i us
    """.split()
)
"""Words that say that something should be done, and nothing about what."""

KEY_LENGTH = 100

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def normalised_title(title: str) -> str:
    """Return the words of a title that tell it from others: folded, in order, without noise.

    Upper and lower case, accents, punctuation and spaces make no difference. A title of nothing
    but noise keeps all its words, so that it is not equal to every other of that kind.
    """
    words = [word.replace("’", "'") for word in _WORD.findall(_folded(title))]
    return " ".join([word for word in words if word not in NOISE] or words)


def _folded(text: str) -> str:
    # Compatibility forms may have a case of their own, and folding a case may leave marks.
    for _ in range(2):
        decomposed = unicodedata.normalize("NFKD", text.casefold())
        text = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return unicodedata.normalize("NFC", text.casefold())


def title_key(title: str) -> str:
    """Return the normalised title as it is stored and looked up."""
    return normalised_title(title)[:KEY_LENGTH]
