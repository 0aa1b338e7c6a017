"""What two questions do not share, in words."""

import re

from core.domain.text.function_words import FUNCTION_WORDS

ASKING = frozenset(
    """
    many much long often far heavy expensive way get own
    """.split()
)
"""Words of questions that say what kind of answer is wanted, and not about what."""

_WORD = re.compile(r"\w[\w-]*")


def normal(text: str) -> str:
    """Return the words in lower case, without anything between them but single spaces."""
    return " ".join(_WORD.findall(text.casefold()))


def differing(one: str, other: str) -> tuple[str, str]:
    """Return the content words that only one of two questions has, in their order."""
    mine, theirs = _content(one), _content(other)
    return _rest(mine, theirs), _rest(theirs, mine)


def _content(text: str) -> list[str]:
    words = _WORD.findall(text.casefold())
    return [word for word in words if word not in FUNCTION_WORDS | ASKING] or words


def _rest(mine: list[str], theirs: list[str]) -> str:
    known = {_stem(word) for word in theirs}
    return " ".join(word for word in mine if _stem(word) not in known)


def _stem(word: str) -> str:
    """Return the word without the plural of English nouns, which is all that is needed here."""
    return word.rstrip("s")
