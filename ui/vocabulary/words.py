"""Texts about the vocabulary: sets of synonyms, and what they add to a question."""

from enum import StrEnum

from core.domain.text.plurals import count
from rag.synonym_proposals import Proposal
from rag.synonym_sets import ImportPlan, ListedSet, Origin
from rag.vocabulary.expansion import Expansion
from ui import words


class Shown(StrEnum):
    """The sets that the list shows."""

    ADDED = "Added"
    SHIPPED = "Shipped"
    OFF = "Off"
    ALL = "All"


INTRODUCTION = (
    "Questions are also searched with other words for the same thing. The words of the question "
    "always count most."
)
NOT_IN_USE = (
    "Synonyms are switched off by the setting SANDBOX_RETRIEVAL__SYNONYM_WEIGHT. You can edit the "
    "vocabulary, but no question is searched with it."
)
HELP = (
    "Separate words and phrases with commas: “parking fee, parking charge”. Every word then also "
    "finds the others. With “=>” the right side is found by the left, not the other way round: "
    "“father, mother => parent”. “=train” is found only as it is written, not by “training”. "
    "Plurals and other forms need no entry."
)
PLACEHOLDER = "parking fee, parking charge"
TRY_HELP = (
    "Acronyms that documents explain are added to a search too, for readers of these documents. "
    "They are not shown here."
)
IMPORT_HELP = (
    "A text or CSV file with one set on each line. “off:” in front of a set switches it off, and "
    "what follows “#” is a comment."
)
NOTHING_ADDED = "No one has added words yet. Write a set above, or import a file."
NOTHING_FOUND = "No set matches. Change the search, or show all sets."
NO_SYNONYMS = "This question is searched in its own words only."

_ORIGINS = {
    Origin.SHIPPED: "Shipped",
    Origin.ADDED: "Added here",
    Origin.PROPOSED: "From a knowledge gap",
}


def origin(listed: ListedSet) -> str:
    """Name where a set comes from."""
    return _ORIGINS[listed.origin]


def status(listed: ListedSet) -> str:
    """Return `On` or `Off`."""
    return "On" if listed.is_active else "Off"


def added_by(listed: ListedSet) -> str:
    """Return who added a set; empty for a shipped one."""
    return "" if listed.is_shipped else listed.added_by or "Terminal"


def history(listed: ListedSet, added_at: str, changed_at: str) -> str:
    """Say who added a set and who changed it last."""
    if listed.is_shipped:
        by = listed.changed_by or "the terminal"
        return "Shipped" if listed.is_active else f"Shipped · switched off by {by}, {changed_at}"
    added = f"{origin(listed)} · added by {listed.added_by or 'the terminal'}, {added_at}"
    if listed.changed_at == listed.added_at:
        return added
    return f"{added} · changed by {listed.changed_by or 'the terminal'}, {changed_at}"


def also(expansion: Expansion) -> str:
    """Return `**parking fee** → parking charge, car park charge` as Markdown."""
    synonyms = ", ".join(synonym.text for synonym in expansion.synonyms)
    return f"**{words.plain(expansion.asked)}** → {words.plain(synonyms)}"


def overlap(sets: list[ListedSet]) -> str:
    """Say that a new set will act together with others."""
    lines = "; ".join(f"“{listed.synonyms.line}”" for listed in sets[:3])
    more = f" and {len(sets) - 3} more" if len(sets) > 3 else ""
    return f"Shares words with {lines}{more}. The sets act together."


def asked(proposal: Proposal) -> str:
    """Return the two phrases of a proposal as Markdown."""
    return (
        f"Asked: **{words.plain(proposal.asked)}** · documents say: "
        f"**{words.plain(proposal.said)}**"
    )


def evidence(proposal: Proposal) -> str:
    """Say how often something was asked in vain, and where its other name stands."""
    questions = count(proposal.times, "question")
    named = ", ".join(f"“{title}”" for title in proposal.documents[:3])
    rest = len(proposal.documents) - 3
    more = f" and {count(rest, 'more document')}" if rest > 0 else ""
    return f"{questions} with these words found nothing. Found in {named}{more}."


def plan(found: ImportPlan) -> str:
    """Say what importing a file would do."""
    parts = [count(len(found.added), "new set")]
    if found.switched:
        parts.append(f"{count(len(found.switched), 'set')} to switch on or off")
    if found.known:
        parts.append(f"{count(found.known, 'set')} already there")
    if found.problems:
        parts.append(f"{count(len(found.problems), 'line')} that cannot be used")
    return " · ".join(parts)


def imported(found: ImportPlan) -> str:
    """Say what an import did."""
    changed = len(found.added) + len(found.switched)
    return f"{count(changed, 'set')} imported. They count from the next question on."
