"""Texts about ideas: states, moves, risk, places on the matrix and numbers."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from core.domain.clock import now
from core.domain.ideas.card import BenefitType, Confidence, IdeaCategory, PersonalData
from core.domain.ideas.review import Quadrant, Recommendation
from core.domain.ideas.tracking import ImpactKind, Outcome
from core.domain.ideas.triage import RiskClass
from core.domain.ideas.workflow import IdeaStatus, Phase
from core.domain.knowledge import Sensitivity
from ui import words

STATES = {
    IdeaStatus.DRAFT: "Draft",
    IdeaStatus.SUBMITTED: "Submitted",
    IdeaStatus.TRIAGE: "In triage",
    IdeaStatus.NEEDS_INFO: "Needs information",
    IdeaStatus.EVALUATION: "In evaluation",
    IdeaStatus.APPROVED: "Approved",
    IdeaStatus.EXPERIMENT: "In experiment",
    IdeaStatus.PRODUCTION: "In production",
    IdeaStatus.MEASURED: "Measured",
    IdeaStatus.RETIRED: "Retired",
    IdeaStatus.PARKED: "Parked",
    IdeaStatus.DECLINED: "Declined",
    IdeaStatus.DUPLICATE: "Duplicate",
    IdeaStatus.WITHDRAWN: "Withdrawn",
}

COLOURS = {
    Phase.IDEA: "blue",
    Phase.OPPORTUNITY: "violet",
    Phase.PROJECT: "green",
    Phase.PARKED: "orange",
    Phase.CLOSED: "gray",
}

MEANINGS = {
    IdeaStatus.DRAFT: "Only you see it.",
    IdeaStatus.SUBMITTED: "A reviewer looks at it next.",
    IdeaStatus.TRIAGE: "A reviewer checks its risk.",
    IdeaStatus.NEEDS_INFO: "The author has to answer a question.",
    IdeaStatus.EVALUATION: "Reviewers score its value and feasibility.",
    IdeaStatus.APPROVED: "Its owner prepares an experiment.",
    IdeaStatus.EXPERIMENT: "A first group tries it.",
    IdeaStatus.PRODUCTION: "It is in use. Its benefit is measured next.",
    IdeaStatus.MEASURED: "It is in use, and its benefit is known.",
    IdeaStatus.RETIRED: "It is no longer in use.",
    IdeaStatus.PARKED: "It waits for a better time.",
    IdeaStatus.DECLINED: "It is not pursued.",
    IdeaStatus.DUPLICATE: "Another idea says the same.",
    IdeaStatus.WITHDRAWN: "Its author withdrew it.",
}

MOVES = {
    IdeaStatus.TRIAGE: "Start triage",
    IdeaStatus.NEEDS_INFO: "Ask for information",
    IdeaStatus.EVALUATION: "Send to evaluation",
    IdeaStatus.APPROVED: "Approve",
    IdeaStatus.EXPERIMENT: "Start experiment",
    IdeaStatus.PRODUCTION: "Put into production",
    IdeaStatus.MEASURED: "Mark as measured",
    IdeaStatus.RETIRED: "Retire",
    IdeaStatus.PARKED: "Park",
    IdeaStatus.DECLINED: "Decline",
    IdeaStatus.DUPLICATE: "Mark as duplicate",
    IdeaStatus.WITHDRAWN: "Withdraw",
}
"""What a button says that moves an idea there."""

BACK_TO_TRIAGE = {
    IdeaStatus.NEEDS_INFO: "Send back to the reviewers",
    IdeaStatus.PARKED: "Take up again",
}

RISKS = {
    RiskClass.MINIMAL: "Minimal risk",
    RiskClass.TRANSPARENCY: "Transparency duties",
    RiskClass.HIGH: "High risk",
    RiskClass.NEEDS_COUNSEL: "Needs counsel",
    RiskClass.PROHIBITED: "Prohibited",
}
NO_RISK = "Not triaged"
NO_CATEGORY = "Choose a category."

RISK_COLOURS = {
    RiskClass.MINIMAL: "green",
    RiskClass.TRANSPARENCY: "blue",
    RiskClass.HIGH: "orange",
    RiskClass.NEEDS_COUNSEL: "violet",
    RiskClass.PROHIBITED: "red",
}

RISK_MEANINGS = {
    RiskClass.MINIMAL: "No duties beyond our own rules.",
    RiskClass.TRANSPARENCY: "People must be told that they deal with AI, or that AI made it.",
    RiskClass.HIGH: "Allowed with strict duties. The committee signs before it is approved.",
    RiskClass.NEEDS_COUNSEL: "An answer is open. Counsel looks at it before it is approved.",
    RiskClass.PROHIBITED: "The law forbids it. It can only be declined.",
}

QUADRANTS = {
    Quadrant.QUICK_WIN: "Quick wins",
    Quadrant.BIG_BET: "Big bets",
    Quadrant.INCREMENTAL: "Incremental",
    Quadrant.TRAP: "Traps",
}

QUADRANT = {
    Quadrant.QUICK_WIN: "Quick win",
    Quadrant.BIG_BET: "Big bet",
    Quadrant.INCREMENTAL: "Incremental",
    Quadrant.TRAP: "Trap",
}
"""Of one idea."""

BENEFITS = {
    BenefitType.COST_SAVING: "Saves cost",
    BenefitType.COST_AVOIDANCE: "Avoids cost",
    BenefitType.REVENUE: "Brings revenue",
    BenefitType.QUALITY: "Better quality",
    BenefitType.RISK: "Less risk",
    BenefitType.SATISFACTION: "Happier people",
}

CONFIDENCES = {
    Confidence.HIGH: "Sure (100 %)",
    Confidence.MEDIUM: "Fairly sure (80 %)",
    Confidence.LOW: "A guess (50 %)",
}

PERSONAL_DATA = {
    PersonalData.NONE: "None",
    PersonalData.EMPLOYEE: "Of employees",
    PersonalData.CUSTOMER: "Of customers",
    PersonalData.SPECIAL_CATEGORY: "Health, religion or other special categories",
}

CLASSES = {
    Sensitivity.PUBLIC: "Public",
    Sensitivity.INTERNAL: "Internal",
    Sensitivity.CONFIDENTIAL: "Confidential",
    Sensitivity.RESTRICTED: "Restricted",
}

RECOMMENDATIONS = {
    Recommendation.APPROVE: "Approve",
    Recommendation.PARK: "Park",
    Recommendation.DECLINE: "Decline",
}

OUTCOMES = {
    Outcome.SUCCESS: "Success",
    Outcome.FAILURE: "Failure",
    Outcome.INCONCLUSIVE: "Inconclusive",
}

OUTCOME_COLOURS = {
    Outcome.SUCCESS: "green",
    Outcome.FAILURE: "red",
    Outcome.INCONCLUSIVE: "orange",
}

IMPACTS = {ImpactKind.PLANNED: "Planned", ImpactKind.ACTUAL: "Actual"}

YES_NO = {None: "Not known", True: "Yes", False: "No"}

OPEN = tuple(s for s in IdeaStatus if s.phase not in (Phase.CLOSED,) and s is not IdeaStatus.DRAFT)
"""States in which something can still come of an idea."""


FIELDS = {
    "title": "Title",
    "summary": "Summary",
    "problem": "Problem",
    "proposal": "Proposal",
    "category": "Category",
    "expected_benefit": "Expected benefit",
    "business_unit": "Business unit",
    "hours_per_month": "Hours saved a month",
    "money_per_month": "Money a month",
    "benefit_type": "Kind of benefit",
    "confidence": "Confidence",
    "reach_per_month": "People or cases a month",
    "effort_months": "Effort",
    "data_needed": "Data",
    "data_classification": "Classification",
    "personal_data": "Personal data",
    "needs_external_model": "Model outside the company",
    "campaign": "Campaign",
    "team": "Team",
    "tags": "Tags",
    "co_submitters": "Submitted together with",
    "co_submitter_ids": "Submitted together with",
    "owner": "Owner",
    "sponsor": "Sponsor",
    "budget_cap": "Budget cap",
    "success_metric": "Success is",
    "pilot_ends_on": "End of the pilot",
}
"""Of every field whose change is recorded, and of those that a draft can fill in."""

_VALUES: dict[str, dict[str, str]] = {
    "category": {each.value: text for each, text in words.CATEGORIES.items()},
    "benefit_type": {each.value: text for each, text in BENEFITS.items()},
    "confidence": {str(each.value): text for each, text in CONFIDENCES.items()},
    "data_classification": {each.value: text for each, text in CLASSES.items()},
    "personal_data": {each.value: text for each, text in PERSONAL_DATA.items()},
    "needs_external_model": {"True": "Yes", "False": "No"},
}


def state_badge(status: IdeaStatus) -> str:
    """Return the state as a coloured word."""
    return f":{COLOURS[status.phase]}-badge[{STATES[status]}]"


def risk_badge(risk: RiskClass | None) -> str:
    """Return the risk class as a coloured word."""
    if risk is None:
        return f":gray-badge[{NO_RISK}]"
    return f":{RISK_COLOURS[risk]}-badge[{RISKS[risk]}]"


def move(start: IdeaStatus, to: IdeaStatus) -> str:
    """Return what the button of a move says."""
    return BACK_TO_TRIAGE.get(start, MOVES[to]) if to is IdeaStatus.TRIAGE else MOVES[to]


def age(since: datetime | None) -> str:
    """Return `today`, `1 day`, `12 days`."""
    days = (now() - since).days if since is not None else 0
    return words.count(days, "day") if days > 0 else "today"


def waiting(since: datetime) -> str:
    """Return `since today`, `for 12 days`."""
    told = age(since)
    return f"since {told}" if told == "today" else f"for {told}"


def category(of: IdeaCategory | None) -> str:
    """Return the category in words, a dash if there is none yet."""
    return "–" if of is None else words.CATEGORIES[of]


def amount(value: Decimal | None, currency: str) -> str:
    """Return `1,200 EUR`, a dash for nothing known."""
    return "–" if value is None else f"{value:,.0f} {currency}"


def score(value: float | None) -> str:
    """Return `64 of 100`, a dash without a review."""
    return "–" if value is None else f"{value:.0f} of 100"


def hours(value: float | None) -> str:
    """Return `12 hours`, a dash for nothing known."""
    if value is None:
        return "–"
    return "1 hour" if value == 1 else f"{value:,.10g} hours"


def listed(names: Sequence[str]) -> str:
    """Return `Anna`, `Anna and Ben`, `Anna, Ben and Cem`."""
    *first, last = names or ("",)
    return f"{', '.join(first)} and {last}" if first else last


def value(field: str, stored: str) -> str:
    """Return a stored value of a field in words."""
    return _VALUES.get(field, {}).get(stored, stored)
