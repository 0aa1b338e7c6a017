"""Whose words an actor may see, and which methods show more, each with the reason."""

from collections.abc import Mapping

from tests.security.world import (
    ATTACHED,
    COPY,
    DRAFT,
    FEEDBACK,
    FILE,
    NOTE,
    QUESTION,
    RATIONALE,
    SENT,
)

SIGHT: Mapping[str, frozenset[str]] = {
    "gone": frozenset(),
    "hanna": frozenset({QUESTION, DRAFT, FILE, SENT, FEEDBACK}),
    "ole": frozenset(),
    "rob": frozenset({NOTE, RATIONALE}),
    "ada": frozenset({NOTE}),
}
"""What each actor may see wherever it stands."""

MORE: Mapping[tuple[str, str], frozenset[str]] = {
    # Hanna sent the question on, with her note.
    ("ada", "gaps.inbox."): frozenset({QUESTION, SENT}),
    ("ada", "gaps.topics."): frozenset({QUESTION, SENT}),
    # What a person asked and drafted is exported by administrators only, and each time audited.
    ("ada", "personal_conversations."): frozenset({QUESTION}),
    ("hanna", "attachments."): frozenset({ATTACHED}),
    ("hanna", "privacy.own_data."): frozenset({ATTACHED}),
    ("ada", "ideas.personal."): frozenset({DRAFT, FILE, COPY}),
    # Questions that were not answered or not well, without names; each look is audited.
    ("ada", "usage.question"): frozenset({QUESTION}),
    ("ada", "usage.unanswered"): frozenset({QUESTION, FEEDBACK}),
}
"""What an actor sees in some services as well: the beginning of their path, and the words."""


def may_see(actor: str, path: str) -> frozenset[str]:
    """Return the words that a method may tell an actor."""
    more = (
        words for (who, start), words in MORE.items() if who == actor and path.startswith(start)
    )
    return SIGHT[actor].union(*more)
