"""Recognises an answer that means "the sources do not say" before any of it is shown."""

import re
from collections.abc import Iterable, Iterator

from rag.grounding.markers import find_markers, strip_markers
from rag.prompting.prompt import ABSTENTION

# The sentinel as models spell it: escaped, with spaces, in lower case, with an article.
_SENTINEL = re.compile(
    r"NOT\\?[_ -]IN\\?[_ -](?:THE\\?[_ -])?(?:DOCUMENTS?|SOURCES?)"
    r"|(?i:not\\?_in\\?_(?:the\\?_)?(?:documents?|sources?))"
)
IN_WORDS = "not in the documents"
_WORD = re.compile(r"\w")
# The same in plain words, in the most common languages; only where nothing is cited.
_DENIALS = (
    r"\b(?:sources?|documents?|passages?|context|texts?|excerpts?)\b[^.]{0,60}"
    r"\b(?:do(?:es)?(?: not|n't)|did(?: not|n't)|cannot|can't)\b[^.]{0,40}\b(?:contain|mention"
    r"|answer|say|state|provide|include|specify|cover|describe|address|give|indicate|tell)",
    r"\bno (?:information|answer|mention|details?)\b[^.]{0,80}"
    r"\b(?:sources|documents|passages|context)",
    r"\b(?:not|n't)\b[^.]{0,30}\b(?:mentioned|found|stated|covered|answered|specified|contained"
    r"|included|find|answer|determine)\b[^.]{0,60}\b(?:sources|documents|passages|context)\b",
    r"\b(?:quellen|dokumente[n]?|unterlagen|auszüge[n]?|passagen)\b[^.]{0,80}\b(?:nicht|kein\w*)\b"
    r"[^.]{0,60}\b(?:beantworte\w*|erwähn\w*|genannt|hervor|finde\w*|angaben?|information\w*"
    r"|auskunft|antwort|enthalten)",
    r"\b(?:quellen|dokumente[n]?|unterlagen|passagen)\b[^.]{0,40}\b(?:enthalten|beantworten|erwähnen"
    r"|nennen|liefern|geben)\b[^.]{0,60}\b(?:nicht|kein\w*)\b",
    r"\b(?:sources|documents|passages|extraits)\b[^.]{0,40}\bne\b[^.]{0,60}\b(?:pas|aucun\w*)\b",
    r"\b(?:fuentes|documentos)\b[^.]{0,20}\bno\b[^.]{0,20}\b(?:contienen|mencionan|responden|dicen)",
    r"\b(?:bronnen|documenten)\b[^.]{0,60}\b(?:niet|geen)\b",
)
_DENIAL = re.compile("|".join(_DENIALS), re.IGNORECASE)
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
        is_denial = len(words) <= _LONGEST_DENIAL and bool(_DENIAL.search(words))
        return self._is_found or is_denial

    def _without(self, part: str) -> str:
        self._is_found = True
        rest = _SENTINEL.sub("", part)
        if _WORD.search(strip_markers(rest)):
            return _SENTINEL.sub(IN_WORDS, part)
        markers = "".join(marker.group() for marker in find_markers(rest))
        return markers and f"{markers}\n"


assert ABSTENTION == "NOT_IN_DOCUMENTS"  # noqa: S101  the pattern above is written for it
