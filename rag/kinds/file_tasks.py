"""Tells what is to be done with whole files of a conversation: summarised, or compared."""

import re
from dataclasses import dataclass
from enum import StrEnum

LONGEST_TASK = 200
"""Characters; a longer text asks for more than the whole of a file."""

_FILE = (
    r"(?:files?|documents?|docs?|attachments?|pdfs?|papers?|uploads?|texts?|slides|spreadsheets?"
    r"|dateien|datei|dokumente|dokument|anhang|anhänge|unterlagen)"
)
_POINTING = (
    r"(?:this|that|the|these|those|both|all|of|my|our|its|two|three|attached|uploaded|last|new|newest"
    r"|whole|entire|diese|dieses|diesen|die|das|den|dem|der|beide|beiden|alle|zwei|drei|angehängte[nr]?)"
)
_PRONOUN = r"(?:it|this|that|them|these|both|all|alle|beide|sie|es)"
_WHAT = rf"(?:{_PRONOUN}|(?:{_POINTING}\s+)*{_FILE})"
_BEFORE = (
    r"(?:(?:please|bitte|now|and|can you|could you|would you|kannst du|können sie"
    r"|i want you to)\s+)*"
)
_BEHIND = (
    r"(?:\s+(?:please|bitte|for me|to me|with each other|to each other|briefly|kurz|miteinander))*"
    r"[\s.?!]*"
)
_ALL = re.compile(
    r"\b(?:both|all|two|three|these|those|them|beide[n]?|alle|zwei|drei|files|documents|docs"
    r"|attachments|pdfs|papers|uploads|texts|spreadsheets|dateien|dokumente|anhänge|unterlagen)\b"
)


def _task(wording: str) -> re.Pattern[str]:
    return re.compile(_BEFORE + wording.format(what=_WHAT) + _BEHIND)


_SUMMARISE = tuple(
    _task(wording)
    for wording in (
        r"(?:summari[sz]e|outline|sum up)(?:\s+{what})?",
        r"(?:(?:give|write|make|show) (?:me )?)?(?:an? |the )?(?:short |brief |quick )?"
        r"(?:summary|overview|outline)(?: of {what})?",
        r"what(?:'s| is) (?:written )?in {what}",
        r"what(?:'s| is| are) {what} about",
        r"what (?:does|do) {what} (?:say|contain)",
        r"tell me (?:what is in|about) {what}",
        r"fasse? {what}(?: kurz)? zusammen",
        r"(?:eine )?(?:zusammenfassung|übersicht)(?: von {what})?",
        r"was steht in {what}",
    )
)
_COMPARE = tuple(
    _task(wording)
    for wording in (
        r"compare(?:\s+{what})?",
        r"(?:what|which) (?:are|is) (?:the )?differen(?:ces?|t) (?:between|in) {what}",
        r"(?:(?:tell|show) me )?(?:the )?differences? between {what}",
        r"how (?:do|does) {what} (?:differ|compare)",
        r"vergleiche? {what}",
        r"was sind die unterschiede (?:zwischen|von) {what}",
    )
)


class FileTask(StrEnum):
    """What is to be done with whole files."""

    SUMMARISE = "summarise"
    COMPARE = "compare"


@dataclass(frozen=True, slots=True)
class FileQuestion:
    """A task that points to files without naming one; `is_of_all` says to all that there are."""

    task: FileTask
    is_of_all: bool


def file_question(question: str) -> FileQuestion | None:
    """Return what a question wants done with files that it only points to, None for another one."""
    words = " ".join(question.split()).casefold()
    if not words or len(words) > LONGEST_TASK:
        return None
    if any(pattern.fullmatch(words) for pattern in _COMPARE):
        return FileQuestion(FileTask.COMPARE, is_of_all=True)
    if any(pattern.fullmatch(words) for pattern in _SUMMARISE):
        return FileQuestion(FileTask.SUMMARISE, is_of_all=_ALL.search(words) is not None)
    return None
