"""Recognises sentences that say no more than that the sources lack something."""

import re

# In the most common languages.
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
_ANOTHER_CLAIM = re.compile(
    r"\d|[,;:]\s|\b(?:but|so|however|therefore|aber|mais|pero|maar)\b", re.I
)


def denies(text: str) -> bool:
    """Return whether a text says that the sources lack something, whatever else it says."""
    return bool(_DENIAL.search(text))


def only_denies(sentence: str) -> bool:
    """Return whether a sentence says that and claims nothing besides."""
    return denies(sentence) and not _ANOTHER_CLAIM.search(sentence)
