"""Texts of the policy: what people read before they start, and what administrators see."""

from core.domain.governance.policy import PersonStanding, PolicyVersion, Step
from ui import words

INTRODUCTION = "Read this before you start. It takes about two minutes."
CHANGED = "These rules have changed since you read them last. Read them again before you go on."
AGREE = "I have read this and will follow it"
DECLINE = "Decline and sign out"
KEPT = (
    "Your answer is kept with the day and the exact text. If you decline, you are signed out and "
    "can come back later. Under My usage you still find what is yours."
)
NO_POLICY = "There is no AI-use policy yet. An administrator can publish one."
EDITOR = (
    "Everyone reads this text before they use the sandbox. Headings, lists, tables, bold and "
    "italics are written as in Markdown; links and images are shown as text."
)
MATERIAL = "Everyone has to acknowledge it again"
MATERIAL_HELP = (
    "Leave it on for a change of what people may or must do. Turn it off for a corrected word: "
    "people keep working, and new ones read the new text."
)
STEPS = {
    Step.ASKED: "Ask a question",
    Step.SOURCE_OPENED: "Open the source of the answer",
    Step.RATED: "Rate an answer with a thumb",
    Step.IDEA_SEEN: "Look at an idea, or write one",
}
QUIZ = "Pass the short quiz on the AI-use policy"


def heading(version: PolicyVersion, when: str) -> str:
    """Return `Version 2, published 3 Mar 2026, 10:15 by Anna Berg`."""
    by = f" by {words.plain(version.published_by)}" if version.published_by else ""
    return f"Version {version.number}, published {when}{by}"


def kind(version: PolicyVersion) -> str:
    """Say whether people had to acknowledge a version again."""
    return "Acknowledged again" if version.is_material else "Small change"


def standing(person: PersonStanding) -> str:
    """Return how a person stands to the policy, in a word or two."""
    if person.is_settled:
        return "Acknowledged"
    if person.has_declined:
        return "Declined"
    return "Only an earlier version" if person.number else "Not yet"
