"""Checks what people type into the form of an idea, with a sentence for each field."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from math import isfinite

from core.domain.ideas.card import Estimate, IdeaDraft
from core.guardrails.text import clean

TITLE_LENGTH = (10, 100)
PROBLEM_MIN = 30
PROPOSAL_MIN = 20
TEXT_MAX = 5_000
SUMMARY_MAX = 280
UNIT_MAX = 80
TAGS_MAX, TAG_LENGTH = 10, 40
HOURS_MAX = 100_000
MONEY_MAX = Decimal(1_000_000_000)
REACH_MAX = 1_000_000_000
EFFORT_MAX = 1_200


def visible(draft: IdeaDraft) -> IdeaDraft:
    """Remove space around the texts and characters that nobody sees; tags in lower case, once."""
    return replace(
        draft,
        title=_text(draft.title),
        problem=_text(draft.problem),
        proposal=_text(draft.proposal),
        expected_benefit=_text(draft.expected_benefit),
        summary=_text(draft.summary),
        business_unit=_text(draft.business_unit),
        tags=_tags(draft.tags),
        data=replace(draft.data, description=_text(draft.data.description)),
    )


def draft_problems(draft: IdeaDraft) -> dict[str, str]:
    """Return what is missing or wrong, by field name; empty if the draft can be submitted."""
    draft = visible(draft)
    return dict(
        [*_text_problems(draft), *_tag_problems(draft), *_estimate_problems(draft.estimate)]
    )


def _text_problems(draft: IdeaDraft) -> Iterator[tuple[str, str]]:
    shortest, longest = TITLE_LENGTH
    if not shortest <= len(draft.title) <= longest:
        yield "title", f"Give the idea a title of {shortest} to {longest} characters."
    if len(draft.problem) < PROBLEM_MIN:
        yield "problem", f"Describe the problem in at least {PROBLEM_MIN} characters."
    if len(draft.proposal) < PROPOSAL_MIN:
        yield "proposal", f"Describe the proposal in at least {PROPOSAL_MIN} characters."
    for name in ("problem", "proposal", "expected_benefit"):
        if len(getattr(draft, name)) > TEXT_MAX:
            yield name, f"Keep each text below {TEXT_MAX:,} characters."
    if len(draft.data.description) > TEXT_MAX:
        yield "data_needed", f"Keep each text below {TEXT_MAX:,} characters."
    if len(draft.summary) > SUMMARY_MAX:
        yield "summary", f"Keep the summary to {SUMMARY_MAX} characters."
    if len(draft.business_unit) > UNIT_MAX:
        yield "business_unit", f"Keep the business unit to {UNIT_MAX} characters."


def _tag_problems(draft: IdeaDraft) -> Iterator[tuple[str, str]]:
    if len(draft.tags) > TAGS_MAX:
        yield "tags", f"Choose at most {TAGS_MAX} tags."
    elif any(len(tag) > TAG_LENGTH for tag in draft.tags):
        yield "tags", f"Keep each tag to {TAG_LENGTH} characters."


def _estimate_problems(estimate: Estimate) -> Iterator[tuple[str, str]]:
    for name, value, most in (
        ("hours_per_month", estimate.hours_per_month, HOURS_MAX),
        ("money_per_month", estimate.money_per_month, MONEY_MAX),
        ("reach_per_month", estimate.reach_per_month, REACH_MAX),
        ("effort_months", estimate.effort_months, EFFORT_MAX),
    ):
        if value is not None and not (isfinite(value) and 0 <= value <= most):
            yield name, f"Give a number from 0 to {most:,}, or leave it empty."


def _text(text: str) -> str:
    return clean(text).text.strip()


def _tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    cleaned = (" ".join(_text(tag).casefold().split()) for tag in tags)
    return tuple(dict.fromkeys(filter(None, cleaned)))
