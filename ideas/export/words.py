"""What states, classes and columns are called in files for people."""

from core.domain.ideas.card import BenefitType, IdeaCategory, PersonalData
from core.domain.ideas.review import Quadrant
from core.domain.ideas.triage import RiskClass
from core.domain.ideas.workflow import IdeaStatus
from core.domain.knowledge import Sensitivity
from ideas.portfolio.roadmap import Milestone

STATES = {
    IdeaStatus.DRAFT: "Draft",
    IdeaStatus.SUBMITTED: "Submitted",
    IdeaStatus.TRIAGE: "Triage",
    IdeaStatus.NEEDS_INFO: "Needs information",
    IdeaStatus.EVALUATION: "Evaluation",
    IdeaStatus.APPROVED: "Approved",
    IdeaStatus.EXPERIMENT: "Experiment",
    IdeaStatus.PRODUCTION: "Production",
    IdeaStatus.MEASURED: "Measured",
    IdeaStatus.RETIRED: "Retired",
    IdeaStatus.PARKED: "Parked",
    IdeaStatus.DECLINED: "Declined",
    IdeaStatus.DUPLICATE: "Duplicate",
    IdeaStatus.WITHDRAWN: "Withdrawn",
}

CATEGORIES = {
    IdeaCategory.INTERNAL_OPTIMISATION: "Internal optimisation",
    IdeaCategory.BETTER_PRODUCT: "Better product",
    IdeaCategory.NEW_BUSINESS_MODEL: "New business model",
}

QUADRANTS = {
    Quadrant.QUICK_WIN: "Quick win",
    Quadrant.BIG_BET: "Big bet",
    Quadrant.INCREMENTAL: "Incremental",
    Quadrant.TRAP: "Trap",
}

RISKS = {
    RiskClass.PROHIBITED: "Prohibited",
    RiskClass.HIGH: "High",
    RiskClass.NEEDS_COUNSEL: "Needs counsel",
    RiskClass.TRANSPARENCY: "Transparency",
    RiskClass.MINIMAL: "Minimal",
}

NOT_JUDGED = "Not judged yet"

BENEFITS = {
    BenefitType.COST_SAVING: "Cost saving",
    BenefitType.COST_AVOIDANCE: "Cost avoidance",
    BenefitType.REVENUE: "Revenue",
    BenefitType.QUALITY: "Quality",
    BenefitType.RISK: "Less risk",
    BenefitType.SATISFACTION: "Satisfaction",
}

PEOPLE = {
    PersonalData.NONE: "No personal data",
    PersonalData.EMPLOYEE: "Data of employees",
    PersonalData.CUSTOMER: "Data of customers",
    PersonalData.SPECIAL_CATEGORY: "Special categories of personal data",
}

CLASSES = {
    Sensitivity.PUBLIC: "Public",
    Sensitivity.INTERNAL: "Internal",
    Sensitivity.CONFIDENTIAL: "Confidential",
    Sensitivity.RESTRICTED: "Restricted",
}

MILESTONES = {
    Milestone.PILOT_ENDS: "Pilot ends",
    Milestone.IN_PRODUCTION: "In production",
}


def yes_or_no(is_so: bool | None) -> str:
    """Return a word for a claim, nothing where it is open."""
    return "" if is_so is None else ("Yes" if is_so else "No")
