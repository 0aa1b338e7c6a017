"""The words of the board's figures, on the page and in files."""

from collections.abc import Mapping

from admin.kpis.values import KpiGroup, KpiReport
from admin.measure_words import amount
from admin.measures import Measure, Unit
from core.domain.text.amounts import money
from core.domain.text.dates import long_date

GROUPS = {
    KpiGroup.PORTFOLIO: "Portfolio",
    KpiGroup.COST: "Cost",
    KpiGroup.ADOPTION: "Adoption",
    KpiGroup.QUALITY: "Quality",
    KpiGroup.GOVERNANCE: "Governance",
}
INTRODUCTION = (
    "Each figure stands beside that of the period before. A rate of fewer than 20 cases is not "
    "told, since it would say more about chance than about the sandbox."
)
PARTS_IN_WORDS = {
    "needs_info": "Needs information",
    "quick_win": "Quick wins",
    "big_bet": "Big bets",
    "fill_in": "Fill-ins",
    "answers": "Answers and drafts",
    "evaluations": "Test questions",
    "licence": "Licences",
    "server": "Servers",
    "other": "Other costs",
    "person.day": "Budget of a person, day",
    "person.month": "Budget of a person, month",
    "group.day": "Budget of a group, day",
    "group.month": "Budget of a group, month",
    "company.day": "Company budget, day",
    "company.month": "Company budget, month",
    "price": "Price not known",
    "off.provider": "Provider turned off",
    "off.model": "Model turned off",
    "off.prompt": "Prompt turned off",
}
COUNTED_PARTS = ("conversion", "participation")
"""Shares whose parts are numbers of ideas and people."""


def title(report: KpiReport) -> str:
    """Return `GenAI Sandbox: figures for the board, 1 October 2026 to 31 October 2026`."""
    first, last = long_date(report.period.first), long_date(report.period.last)
    return f"GenAI Sandbox: figures for the board, {first} to {last}"


def cases(measure: Measure) -> str:
    """Return of how many things a figure is; empty where that says nothing."""
    return "" if measure.cases is None else f"{measure.cases:,}"


def without_rate(others: Mapping[str, int]) -> str:
    """Return `Not included, since no exchange rate is set: 1.20 USD`; empty if there are none."""
    if not others:
        return ""
    told = ", ".join(money(micros, code) for code, micros in sorted(others.items()))
    return f"Not included, since no exchange rate is set: {told}"


def part_name(measure: Measure, part: str) -> str:
    """Return what a part is called; names of models, documents and errors stay as they are."""
    if measure.definition.key in NAMED_PARTS:
        return part
    return PARTS_IN_WORDS.get(part) or part.replace("_", " ").capitalize()


NAMED_PARTS = (
    *("spend", "cost_per_thousand_tokens", "most_read", "documents_behind_bad_answers", "failed"),
)
"""Figures whose parts have names of their own."""


def part_value(measure: Measure, part: str, currency: str) -> str:
    """Return the value of a part in words."""
    value = measure.parts[part]
    if value is None:
        return "–"
    key, unit = measure.definition.key, measure.definition.unit
    if unit is Unit.RETURN:
        return f"{value:,.0f} {currency}"
    if key == "cost_per_thousand_tokens":
        return amount(
            value, Unit.MONEY, part.rsplit(", ", maxsplit=1)[-1].split(" ", maxsplit=1)[0]
        )
    return amount(value, Unit.NUMBER if key in COUNTED_PARTS else unit, currency)
