"""Tells a phrase that a text is about from one that it uses.

A page on prompt injection quotes what attackers write. Such a phrase is short, stands in quotation
marks or code, carries no address, and the words around it say that it is an attack.
"""

import re

from core.guardrails.phrases import Injection

_QUOTES = {
    '"': '"',
    "“": "”",
    "„": "“",
    "«": "»",
    "»": "«",
    "‘": "’",
    "‚": "‘",
    "‹": "›",
    "'": "'",
    "`": "`",
    "「": "」",
}
_NEAR = 400
_MOST_QUOTED = 200
_SUBJECT = re.compile(
    r"(?i)\b(?:prompt|text|instruction)[ -](?:injections?|attacks?|hacking|leak(?:ing|s|age)?)\b"
    r"|\binjections?\b|\bjailbreak(?:s|ing)?\b|\battack(?:s|ers?)?\b|\badversar\w+|\bmalicious\b"
    r"|\bphishing\b|\bmanipulat\w+|\bhijack\w*|\bguardrails?\b|\bred[ -]team\w*|\btrick\w*"
    r"|\bsocial engineering\b|\buntrusted\b|\bsuspicious\b|\bangriffe?n?\b|\bangreifer\w*"
    r"|\bschadhaft\w*|\bmanipulier\w*|\bverd(?:ä|ae)chtig\w*"
)
_ADDRESS = re.compile(r"(?i)https?://|www\.|\S@\S")


def is_mentioned(text: str, hit: Injection) -> bool:
    """Whether the words at this place are quoted, in a passage on attacks, rather than said."""
    quoted = _quotation(text, hit)
    if quoted is None:
        return False
    start, end = quoted
    around = f"{text[max(0, start - _NEAR) : start]} {text[end : end + _NEAR]}"
    return _ADDRESS.search(text, start, end) is None and _SUBJECT.search(around) is not None


def _quotation(text: str, hit: Injection) -> tuple[int, int] | None:
    """The range of the short quotation around this place, None if it stands in none."""
    first = max(0, hit.start - _MOST_QUOTED)
    for place in range(hit.start - 1, first - 1, -1):
        char = text[place]
        if char == "\n" and text[place - 1 : place] == "\n":
            return None
        if char in _QUOTES and not text[place - 1 : place].isalnum():
            end = text.find(_QUOTES[char], hit.end, place + _MOST_QUOTED)
            return (place, end + 1) if end >= 0 and "\n\n" not in text[place:end] else None
    return None
