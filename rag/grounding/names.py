"""Names, acronyms and identifiers: each must stand in a cited passage, and in the right place."""

import re

from core.domain.answers import Support
from rag.grounding.evidence import Evidence, holds
from rag.grounding.statements import Statement, Word
from rag.grounding.verdicts import Verdict

_ALIASES = (
    frozenset("us usa america american states".split()),
    frozenset("uk britain british england kingdom".split()),
    frozenset("eu europe european union".split()),
)


def foreign_name(claim: Statement, evidence: Evidence) -> Verdict | None:
    """Return a verdict on a name that no cited passage has, or that replaces another name."""
    for word in claim.content:
        if word.is_name and not is_known(word, claim, evidence.whole):
            return Verdict(Support.UNSUPPORTED, f"“{word.text}” is in none of the cited passages")
    return _misplaced(claim, evidence)


def is_known(word: Word, claim: Statement, whole: Statement) -> bool:
    """Return whether a name, a form of it or its abbreviation stands in `whole`.

    `claim` is the statement that the name is in.
    """
    plain = re.sub(r"['’]s?$", "", word.text.lower())
    if plain in whole.plain:
        return True
    if holds(whole, word.stem):
        return True
    if any(plain in alias and alias & whole.plain for alias in _ALIASES):
        return True
    if re.search(rf"(?<!\w){re.escape(plain)}(?!\w)", whole.text.lower()):
        return True
    if word.text.isupper() and _spelled_out(word.text, whole.text):
        return True
    return _is_expansion(word, claim, whole)


def _spelled_out(acronym: str, text: str) -> bool:
    """Return whether consecutive words have these initials: HR and human resources."""
    if not acronym.isalpha() or not 2 <= len(acronym) <= 6:
        return False
    between = r"[\s-]+(?:(?:of|and|for|the|&)\s+)?"
    return bool(re.search(r"\b" + between.join(rf"{c}\w+" for c in acronym), text, re.IGNORECASE))


def _is_expansion(word: Word, claim: Statement, whole: Statement) -> bool:
    """Return whether the word is part of the long form of an acronym in the sources."""
    position = next(i for i, other in enumerate(claim.words) if other is word)
    neighbours = claim.words[max(0, position - 3) : position + 4]
    initials = "".join(other.text[0].upper() for other in neighbours if other.is_content)
    acronyms = {other.text for other in whole.words if other.text.isupper() and len(other.text) > 1}
    return any(acronym in initials and word.text[0].upper() in acronym for acronym in acronyms)


def _misplaced(claim: Statement, evidence: Evidence) -> Verdict | None:
    """Return a verdict on a name in whose place the best unit has another one.

    A name counts as misplaced only if no other unit of the evidence has it.
    """
    best = evidence.best
    strangers = [w for w in claim.content if w.is_name and not is_known(w, claim, best)]
    further = evidence.units[1:]
    if any(is_known(w, claim, unit.statement) for w in strangers for unit in further):
        return None
    rivals = [w for w in best.content if w.is_name and not is_known(w, best, claim)]
    if not strangers or not rivals:
        return None
    reason = f"the sources say this of “{rivals[0].text}”, not “{strangers[0].text}”"
    return Verdict(Support.WEAK, reason)
