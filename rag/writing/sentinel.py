"""Recognises an answer that means "the sources do not say" before any of it is shown."""

import re
from collections.abc import Iterable, Iterator

from rag.grounding.denials import denies
from rag.grounding.markers import find_markers, strip_markers
from rag.prompting.prompt import ABSTENTION

# The sentinel as models spell it: escaped, with spaces, in lower case, with an article.
_SENTINEL = re.compile(
    r"NOT\\?[_ -]IN\\?[_ -](?:THE\\?[_ -])?(?:DOCUMENTS?|SOURCES?)"
    r"|(?i:not\\?_in\\?_(?:the\\?_)?(?:documents?|sources?))"
)
IN_WORDS = "not in the documents"
_WORD = re.compile(r"\w")
# Letters of the same in plain words; only where nothing is cited.
_LONGEST_DENIAL = 400


class SentinelGuard:
    """A filter that takes the sentinel out of an answer and knows whether it is an abstention."""

    def __init__(self) -> None:
        self._is_found = False
        self._text = ""

    def pass_on(self, parts: Iterable[str]) -> Iterator[str]:
        """Yield the sentences; a sentinel inside of one is put into words."""
        for part in parts:
            clean = self._without(part) if _SENTINEL.search(part) else part
            self._text += clean
            if clean:
                yield clean

    @property
    def is_abstention(self) -> bool:
        """Whether the text so far says no more than that the sources do not say it."""
        words = strip_markers(self._text)
        is_cited = any(True for _ in find_markers(self._text)) and bool(_WORD.search(words))
        if is_cited:
            return False
        is_denial = len(words) <= _LONGEST_DENIAL and denies(words)
        return self._is_found or is_denial

    def _without(self, part: str) -> str:
        self._is_found = True
        rest = _SENTINEL.sub("", part)
        if _WORD.search(strip_markers(rest)):
            return _SENTINEL.sub(IN_WORDS, part)
        markers = "".join(marker.group() for marker in find_markers(rest))
        return markers and f"{markers}\n"


assert ABSTENTION == "NOT_IN_DOCUMENTS"  # noqa: S101  the pattern above is written for it
