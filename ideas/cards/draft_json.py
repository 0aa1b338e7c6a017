"""The form of an idea as a draft keeps it."""

from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

from core.domain.ideas.card import (
    BenefitType,
    Confidence,
    DataNeeds,
    DraftFields,
    Estimate,
    IdeaCategory,
    PersonalData,
)
from core.domain.knowledge import Sensitivity

Json = dict[str, Any]  # Any: a JSON column
Choice = TypeVar("Choice", bound=Enum)


def fields_to_json(fields: DraftFields) -> Json:
    """Return the form as it is stored; empty fields are left out."""
    estimate, data = fields.estimate, fields.data
    money = estimate.money_per_month
    stored = {
        "title": fields.title,
        "problem": fields.problem,
        "proposal": fields.proposal,
        "category": _value(fields.category),
        "expected_benefit": fields.expected_benefit,
        "summary": fields.summary,
        "business_unit": fields.business_unit,
        "tags": list(fields.tags),
        "hours_per_month": estimate.hours_per_month,
        "money_per_month": None if money is None else str(money),
        "benefit_type": _value(estimate.benefit_type),
        "confidence": _value(estimate.confidence),
        "reach_per_month": estimate.reach_per_month,
        "effort_months": estimate.effort_months,
        "data_needed": data.description,
        "data_classification": _value(data.classification),
        "personal_data": _value(data.personal_data),
        "needs_external_model": data.needs_external_model,
        "campaign_id": fields.campaign_id,
        "team_id": fields.team_id,
        "co_submitter_ids": list(fields.co_submitter_ids),
    }
    return {name: value for name, value in stored.items() if value not in (None, "", [])}


def fields_from_json(stored: Json) -> DraftFields:
    """Return what `fields_to_json` wrote."""
    money = stored.get("money_per_month")
    return DraftFields(
        title=stored.get("title", ""),
        problem=stored.get("problem", ""),
        proposal=stored.get("proposal", ""),
        category=_read(IdeaCategory, stored.get("category")),
        expected_benefit=stored.get("expected_benefit", ""),
        summary=stored.get("summary", ""),
        business_unit=stored.get("business_unit", ""),
        tags=tuple(stored.get("tags", ())),
        estimate=Estimate(
            stored.get("hours_per_month"),
            None if money is None else Decimal(money),
            _read(BenefitType, stored.get("benefit_type")),
            _read(Confidence, stored.get("confidence")),
            stored.get("reach_per_month"),
            stored.get("effort_months"),
        ),
        data=DataNeeds(
            stored.get("data_needed", ""),
            _read(Sensitivity, stored.get("data_classification")),
            _read(PersonalData, stored.get("personal_data")),
            stored.get("needs_external_model"),
        ),
        campaign_id=stored.get("campaign_id", ""),
        team_id=stored.get("team_id", ""),
        co_submitter_ids=tuple(stored.get("co_submitter_ids", ())),
    )


def _value(choice: Enum | None) -> object:
    return None if choice is None else choice.value


def _read(kind: type[Choice], stored: object) -> Choice | None:
    return None if stored is None else kind(stored)
