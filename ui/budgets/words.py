"""Texts about budgets and switches."""

from collections.abc import Mapping, Sequence

from admin.spending.values import BudgetLine, SwitchLine
from core.domain.answers import PASSAGES, Answer
from core.domain.costs.budgets import Budget, BudgetPeriod, BudgetScope, BudgetUse
from core.domain.costs.refusals import Reason, SwitchKind
from core.domain.identity import ADMINISTRATOR
from core.domain.text.dates import long_date
from core.spending import sentences
from ui import words

SCOPES = {
    BudgetScope.EVERYBODY: "Each person",
    BudgetScope.PERSON: "One person",
    BudgetScope.GROUP: "A group",
    BudgetScope.COMPANY: "The whole company",
}
PERIODS = {BudgetPeriod.DAY: "Day", BudgetPeriod.MONTH: "Month"}
KINDS = {
    SwitchKind.PROVIDER: "Provider",
    SwitchKind.MODEL: "Model",
    SwitchKind.PROMPT: "Prompt",
    SwitchKind.DOCUMENT: "Document",
}
EFFECTS = {
    SwitchKind.PROVIDER: "Nothing is sent to it from now on. Answers quote the documents instead.",
    SwitchKind.MODEL: "It is asked nothing from now on. Answers quote the documents instead.",
    SwitchKind.PROMPT: "No request is made with it from now on. Answers go on without it.",
    SwitchKind.DOCUMENT: (
        "Nobody finds it from now on, and answers made from it are closed. Administrators still "
        "see it on the page Documents."
    ),
}
REASONS = {
    Reason.PERSON_DAY: "budget of a person, day",
    Reason.PERSON_MONTH: "budget of a person, month",
    Reason.GROUP_DAY: "budget of a group, day",
    Reason.GROUP_MONTH: "budget of a group, month",
    Reason.COMPANY_DAY: "the company's budget, day",
    Reason.COMPANY_MONTH: "the company's budget, month",
    Reason.PRICE: "price not known",
    Reason.PROVIDER: "provider turned off",
    Reason.MODEL: "model turned off",
    Reason.PROMPT: "prompt turned off",
}
PROMPTS = {
    "answer": "answers",
    "free": "answers without documents",
    "compare": "comparisons",
    "notes": "notes on long documents",
    "summary": "summaries",
    "rewrite": "follow-up questions",
    "support": "checks of answers",
    "draft": "drafts of ideas",
}
NO_BUDGETS = (
    "There are no budgets yet, so requests may cost anything. Set one above; it also counts what "
    "was spent since the period began."
)
NOT_IN_USE = "Nothing that is in use now has this name."
NOTHING_OFF = "Nothing is turned off."
HOW_IT_WORKS = (
    "The most that a request can cost is set aside before it is sent, and what is left over comes "
    "back afterwards. Requests that fail cost nothing."
)


def fallback(answer: Answer) -> str:
    """Return why something else wrote an answer than should have."""
    return sentences.fallback(Reason(answer.fallback), by_passages=answer.engine == PASSAGES)


def nearly_used(uses: Sequence[BudgetUse]) -> str:
    """Return what a person is told once most of a budget is used, "" before."""
    near = [use for use in uses if use.is_near]
    if not near:
        return ""
    use = max(near, key=lambda use: use.percent)
    again = f"It begins again on {long_date(use.begins_again)}."
    whose = _whose(use.budget)
    if use.left_micros <= 0:
        return f"{whose} for {_span(use)} is used up. {again}"
    return f"{percent(use)} of {whose[0].lower()}{whose[1:]} for {_span(use)} is used. {again}"


def _whose(budget: Budget) -> str:
    match budget.scope:
        case BudgetScope.PERSON | BudgetScope.EVERYBODY:
            return "Your budget"
        case BudgetScope.GROUP:
            return "The budget of your group"
        case BudgetScope.COMPANY:
            return "The company's budget"


def _span(use: BudgetUse) -> str:
    return "today" if use.budget.period is BudgetPeriod.DAY else f"{use.first_day:%B}"


def percent(use: BudgetUse) -> str:
    """Return the share that is used, rounded down, so that 100 % means all of it."""
    return f"{int(use.percent)} %"


def own(use: BudgetUse) -> str:
    """Return what a person reads of one of their budgets; of shared ones no amounts."""
    again = f"begins again on {long_date(use.begins_again)}"
    name = f"{_whose(use.budget)} for {_span(use)}"
    if use.budget.scope in (BudgetScope.GROUP, BudgetScope.COMPANY):
        return f"{name}: {percent(use)} used, {again}"
    currency = use.budget.currency
    used, limit = (words.money(m, currency) for m in (use.taken_micros, use.budget.limit_micros))
    return f"{name}: {used} of {limit} used, {again}"


def budget_label(line: BudgetLine) -> str:
    """Return how a budget is chosen: `Each person, month`."""
    return f"{line.who}, {PERIODS[line.budget.period].lower()}"


def people(line: BudgetLine) -> str:
    """Return how the people stand who have such a budget each; "" for other budgets."""
    if line.budget.scope is not BudgetScope.EVERYBODY:
        return ""
    if not line.people:
        return "nobody used any yet"
    told = [words.count(line.people, "person", "people") + " used some"]
    if line.near - line.full:
        told.append(f"{line.near - line.full} most of it")
    if line.full:
        told.append(f"{line.full} all of it")
    return ", ".join(told)


def unpayable(models: Sequence[str], currency: str) -> str:
    """Return a warning about models that no budget can pay for."""
    return (
        f"What {' and '.join(models)} costs is not known in {currency}. Where a budget should pay "
        f"for it, its requests are refused, or sent and counted, as SANDBOX_BUDGETS__UNKNOWN_PRICE "
        f"says. {sentences.SET_PRICE}"
    )


def unpriced(lines: Sequence[BudgetLine]) -> str:
    """Return a note on requests whose cost is not known, "" without any."""
    number = max((line.use.unpriced for line in lines if line.use), default=0)
    if not number:
        return ""
    return (
        f"{words.count(number, 'request')} went out whose cost is not known, and no budget paid "
        f"for {'it' if number == 1 else 'them'}. {sentences.SET_PRICE}"
    )


def blocked(by_reason: Mapping[str, int], when: str) -> str:
    """Return how many requests were refused in a period, and why."""
    total = sum(by_reason.values())
    if not total:
        return f"No request was refused {when}."
    largest = sorted(by_reason.items(), key=lambda each: -each[1])
    why = ", ".join(f"{REASONS[Reason(reason)]}: {number:,}" for reason, number in largest)
    were = "was" if total == 1 else "were"
    return f"{words.count(total, 'request')} {were} refused {when} ({why})."


def switch_label(line: SwitchLine) -> str:
    """Return what is turned off: `Model gpt-4o`."""
    if line.kind is SwitchKind.DOCUMENT:
        return f"Document “{line.label}”"
    label = prompt(line.label) if line.kind is SwitchKind.PROMPT else line.label
    return f"{KINDS[line.kind]} {label}"


def turned_off(line: SwitchLine, when: str) -> str:
    """Return who turned something off, and when."""
    by = "an administrator" if line.off_by == ADMINISTRATOR else line.off_by
    return f"Turned off by {by}, {when}"


def prompt(name: str) -> str:
    """Return what a prompt is for, with its version: `answer.v3 (answers)`; other names stay."""
    purpose = PROMPTS.get(name.partition(".")[0])
    return f"{name} ({purpose})" if purpose and ".v" in name else name
