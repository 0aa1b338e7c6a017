"""Tells a phrase that a text talks about from one that it uses.

A page on prompt injection quotes what attackers write. Such a phrase is short, stands in quotation
marks or code and carries no address; its own sentence ascribes it to attackers, and nothing around
it asks a reader to obey it.
"""

import re

from core.guardrails.orders.phrases import Injection

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
_LEAD = 160
# The words are ascribed to somebody else, or called an example of an attack.
_SUBJECT = (
    r"(?:prompt|text|instruction)[ -](?:injections?|attacks?)|injections?|jailbreaks?"
    r"|attack(?:s|ers?)?|adversar\w+|malicious|manipulat\w+|criminals?|angriffe?n?|angreifer\w*"
)
_TOLD = (
    r"writes?|type[sd]?|hides?|inserts?|says?|uses?|sends?|plants?|tr(?:y|ies)|such as|like"
    r"|for (?:example|instance)|e\.g\.|examples? (?:of|is|are)|typical\w*|contains?|reads?"
    r"|phrases?|words|schreib\w+|wie|beispiel\w*|z\. ?b\."
)
_LEADS_IN = re.compile(
    rf"(?is)(?:\b(?:{_SUBJECT})\b[^.!?]{{0,{_LEAD}}}?\b(?:{_TOLD})|\b(?:{_TOLD})[^.!?]{{0,{_LEAD}}}?\b(?:{_SUBJECT}))"
    rf"[^.!?\n]{{0,60}}\Z"
)
# Text that asks for the words to be obeyed does not merely describe them.
_OBEY = re.compile(
    r"(?i)\b(?:assistant|chatbot|language model|llm|ai model)\s*[,:]"
    r"|\b(?:dear|hey|hello) (?:assistant|ai|model|chatbot)\b|\bact on\b|\bcomply\b"
    r"|\b(?:do|perform|execute|obey|apply|follow) (?:this|these|it|that|so)\b"
    r"|\b(?:do|perform|execute|obey|apply|follow) the (?:following|above)\b"
    r"|\b(?:do|follow|obey) the instructions?\b|\byou (?:must|should|have to|will|are to)\b"
    r"|\bplease (?:do|follow|comply|obey)\b|\byour (?:answer|response|reply|task|output)\b"
    r"|\b(?:is|are) no (?:attack|concern|injection)|\bno attack\b"
    r"|\bdu (?:musst|sollst)\b|\bbefolge\b"
)
_ADDRESS = re.compile(r"(?i)https?://|www\.|\S@\S")


def is_mentioned(text: str, hit: Injection) -> bool:
    """Return whether the words are quoted as an attacker's rather than addressed to the reader."""
    quoted = _quotation(text, hit)
    if quoted is None:
        return False
    start, end = quoted
    before, after = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
    is_told = _LEADS_IN.search(" ".join(before[-2 * _LEAD :].split()) + " ") is not None
    is_used = any(_OBEY.search(part) for part in (before, after))
    return is_told and not is_used and _ADDRESS.search(text, start, end) is None


def _quotation(text: str, hit: Injection) -> tuple[int, int] | None:
    """Return the range of the short quotation around a hit, None without one."""
    first = max(0, hit.start - _MOST_QUOTED)
    for offset in range(hit.start - 1, first - 1, -1):
        char = text[offset]
        if char == "\n" and text[offset - 1 : offset] == "\n":
            return None
        if char in _QUOTES and not text[offset - 1 : offset].isalnum():
            end = text.find(_QUOTES[char], hit.end, offset + _MOST_QUOTED)
            return (offset, end + 1) if end >= 0 and "\n\n" not in text[offset:end] else None
    return None
