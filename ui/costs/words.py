"""Texts about costs: parts, terms of items, and what the charts say."""

from datetime import date
from decimal import Decimal

from admin.costs.items import CostChange
from admin.costs.values import CostPart, CostReport
from core.domain.costs.terms import CostItem, CostKind, CostRhythm, CostTerms
from core.domain.ideas.break_even import Course
from core.domain.ideas.returns import IdeaReturn, Worth
from core.domain.text import plurals
from ui import words
from ui.components.times import local_time
from ui.idea_parts import words as idea_words

PARTS = {
    CostPart.ANSWERS: "Answers and drafts",
    CostPart.EMBEDDINGS: "Embeddings",
    CostPart.EVALUATIONS: "Evaluations",
    CostPart.LICENCE: "Licences",
    CostPart.SERVER: "Servers",
    CostPart.STAFF: "Staff",
    CostPart.OTHER: "Other",
}
KINDS = {
    CostKind.LICENCE: "Licence",
    CostKind.SERVER: "Server",
    CostKind.STAFF: "Staff",
    CostKind.OTHER: "Other",
}
RHYTHMS = {CostRhythm.MONTHLY: "Every month", CostRhythm.ONCE: "Once"}
ACTIONS = {
    "cost.created": "Added",
    "cost.changed": "Changed",
    "cost.ended": "Ended",
    "cost.deleted": "Deleted",
}
FIELDS = {
    "name": "name",
    "note": "note",
    "kind": "kind",
    "rhythm": "how often",
    "amount": "amount",
    "hours": "hours",
    "hourly_rate": "hourly rate",
    "currency": "currency",
    "first_month": "first month",
    "last_month": "last month",
    "idea_id": "idea",
}
GOES_ON = "Open-ended"
NEVER = date.max
"""Stands for no last month, where a month is chosen."""
NO_IDEA = "No single idea"
NOTHING_SPENT = (
    "Nothing was spent in these months. Add what is paid for licences, servers and staff under "
    "Cost items."
)
NO_ITEMS = (
    "No costs beside the models yet. Add a licence, a server or hours of staff above, and they "
    "count in the total of their months."
)
NO_RETURNS = (
    "No idea has a benefit or a cost yet. Owners enter them by month on the card of an idea, under "
    "Results; costs that belong to an idea are added under Cost items."
)
BOUND_HELP = (
    "The cost then counts for this idea as well, beside what its owner enters. Everyone who can "
    "read the idea sees its monthly costs as one sum, without name and note."
)


def month(of: date | None) -> str:
    """Return `March 2026`, or that there is no end."""
    return GOES_ON if of in (None, NEVER) else f"{of:%B %Y}"


def short_month(of: date) -> str:
    """Return `Mar 2026`."""
    return f"{of:%b %Y}"


def amount(terms: CostTerms) -> str:
    """Return `49.90 EUR a month`, `2,000.00 EUR once`."""
    return f"{words.money(terms.micros, terms.currency)} {often(terms)}"


def often(terms: CostTerms) -> str:
    """Return `a month`, or `once`."""
    return "once" if terms.rhythm is CostRhythm.ONCE else "a month"


def span(terms: CostTerms) -> str:
    """Return `March 2026`, `since March 2026`, `March 2026 to May 2026`."""
    if terms.rhythm is CostRhythm.ONCE or terms.last_month == terms.first_month:
        return f"{terms.first_month:%b %Y}"
    if terms.last_month is None:
        return f"since {terms.first_month:%b %Y}"
    return f"{terms.first_month:%b %Y} to {terms.last_month:%b %Y}"


def item_label(item: CostItem) -> str:
    """Return name and months of an item, to tell it from others of its name."""
    return f"{item.terms.name} ({span(item.terms)})"


def total_title(report: CostReport) -> str:
    """Return `12,400.00 EUR in 12 months, 54% of it staff`."""
    total = report.total
    largest = max(total.parts, key=lambda part: total.parts[part])
    share = total.parts[largest] / total.micros
    months = plurals.count(len(report.months), "month")
    told = f"{words.money(total.micros, report.currency)} in {months}"
    return f"{told}, {share:.0%} of it {PARTS[largest].lower()}"


def per(micros: int | None, currency: str) -> str:
    """Return an amount for each answer or person; a dash where there was none."""
    return "–" if micros is None else words.money(micros, currency)


def compared(report: CostReport, zone: str) -> str:
    """Say what the figures are compared with, and that a month may be running."""
    count = len(report.months)
    before = f"the {count} months before" if count > 1 else "the month before"
    spent = report.previous.micros
    told = f"Compared with {before}." if spent else f"Nothing was spent in {before}."
    told += f" Months begin at midnight in {zone}."
    if report.is_running:
        running = f"{report.last_month:%B}"
        told += f" {running} is not over: models count up to now, cost items the whole month."
    return told


def without_rate(others: dict[str, int]) -> str:
    """Return `Not included, since no exchange rate is set: 1.20 USD.`; empty if there are none."""
    if not others:
        return ""
    told = ", ".join(words.money(micros, code) for code, micros in others.items())
    return f"Not included, since no exchange rate is set: {told}."


def value_title(worth: Worth, currency: str, ideas: int) -> str:
    """Return `Ideas have brought 4,000 EUR more than they cost`, or less."""
    gain = "more" if worth.net >= 0 else "less"
    return (
        f"{plurals.count(ideas, 'idea')} brought {idea_words.amount(abs(worth.net), currency)} "
        f"{gain} than {'it' if ideas == 1 else 'they'} cost"
    )


def together(course: Course, currency: str) -> str:
    """Say since when all ideas together have paid for themselves, or what is missing for it."""
    if course.break_even is not None:
        return f"Together they have paid for themselves since {course.break_even:%B %Y}."
    missing = idea_words.amount(course.missing, currency)
    return f"Together they have not paid for themselves yet: {missing} missing."


def roi(value: Decimal | None) -> str:
    """Return `50%` of a gain per unit spent; a dash without cost."""
    return "–" if value is None else f"{value * 100:,.0f}%"


def break_even(one: IdeaReturn, currency: str) -> str:
    """Return the month, or what is missing for it."""
    if not one.has_actual:
        return "No actual months yet"
    if one.actual.break_even is not None:
        return short_month(one.actual.break_even)
    missing = idea_words.amount(one.actual.missing, currency)
    return f"Not yet: {missing} missing"


def change(of: CostChange, ideas: dict[str, str]) -> str:
    """Return `12 Mar 2026, 14:05: Ada changed amount 49.9 → 59.9, name`."""
    told = f"{local_time(of.at)}: {of.by} {ACTIONS[of.action].lower()} it"
    if of.action not in ("cost.changed", "cost.ended"):
        return f"{told}."
    details = [_detail(field, str(value), ideas) for field, value in of.details.items()]
    return f"{told}: {', '.join(details)}."


def _detail(field: str, value: str, ideas: dict[str, str]) -> str:
    if value == "changed":
        return f"other {FIELDS[field]}"
    for idea_id, label in ideas.items():
        value = value.replace(idea_id, label)
    return f"{FIELDS[field]} {value}"


def other_idea(idea_id: str) -> str:
    """Name an idea that is no longer among those that can be chosen, or none."""
    return "An idea that is no longer approved" if idea_id else NO_IDEA
