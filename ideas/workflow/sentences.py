"""What a person reads when an idea cannot be moved."""

from collections.abc import Sequence

from core.domain.ideas.workflow import IdeaStatus, Need
from ideas.workflow.rules import Part, Rule
from ideas.workflow.situation import LESSON_MIN, RATIONALE_MIN, REASON_MIN, REVIEWS_MIN

NAMES = {
    IdeaStatus.DRAFT: "draft",
    IdeaStatus.SUBMITTED: "submitted",
    IdeaStatus.TRIAGE: "in triage",
    IdeaStatus.NEEDS_INFO: "waiting for information",
    IdeaStatus.EVALUATION: "in evaluation",
    IdeaStatus.APPROVED: "approved",
    IdeaStatus.EXPERIMENT: "in an experiment",
    IdeaStatus.PRODUCTION: "in production",
    IdeaStatus.MEASURED: "measured",
    IdeaStatus.RETIRED: "retired",
    IdeaStatus.PARKED: "parked",
    IdeaStatus.DECLINED: "declined",
    IdeaStatus.DUPLICATE: "a duplicate",
    IdeaStatus.WITHDRAWN: "withdrawn",
}

MISSING = {
    Need.REASON: f"Give a reason of at least {REASON_MIN} characters.",
    Need.RATIONALE: f"The reviewers disagree: give a reason of at least {RATIONALE_MIN} "
    "characters that says why it is decided so.",
    Need.LESSON: f"Say in at least {LESSON_MIN} characters what was learned.",
    Need.TARGET: "Choose the idea that this one repeats.",
    Need.LAWFUL: "The idea is a prohibited practice and can only be declined, or retired where "
    "it is in use.",
    Need.RISK: "Repeat the risk triage: the idea has changed since the last one, or "
    "there was none.",
    Need.SIGN_OFF: "An administrator has to sign the risk triage for the committee.",
    Need.OVERSIGHT: "Say who decides, how it is overruled and what happens when it fails.",
    Need.REVIEWS: f"{REVIEWS_MIN} submitted reviews without a conflict of interest are needed.",
    Need.REPLY: "Change the idea, or answer in a comment, before you send it back.",
    Need.OWNERSHIP: "Name an owner, a budget cap, a success metric and an end date.",
    Need.CLOSED_EXPERIMENT: "Close at least one experiment with its outcome.",
    Need.ACTUAL_IMPACT: "Enter the actual benefit and cost of at least one month.",
}

WHOSE = {
    Part.SUBMITTER: "those who submitted the idea",
    Part.COMMITTEE: "reviewers and administrators who did not submit the idea",
    Part.OWNER: "the owner of the idea",
    Part.ADMIN: "administrators",
}


def no_way(start: IdeaStatus, to: IdeaStatus) -> str:
    """Say that no move leads from one state to the other."""
    return f"No move leads from “{NAMES[start]}” to “{NAMES[to]}”. Nothing was changed."


def not_yours(rule: Rule) -> str:
    """Say whose move it is."""
    whose = " and ".join(WHOSE[part] for part in Part if part in rule.parts)
    return f"Only {whose} can do this."


def lacks(missing: Sequence[Need]) -> str:
    """Say all that is missing."""
    return " ".join(MISSING[need] for need in missing)
