"""Budgets and switches from the terminal: what requests may cost, and what is turned off."""

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from admin.spending.values import BudgetLine, BudgetTerms, SwitchLine
from core.domain.costs.budgets import BudgetPeriod, BudgetScope
from core.domain.costs.refusals import SwitchKind
from core.domain.identity import SYSTEM
from core.errors import InvalidInput, NotFound
from terminal.context import known_groups, services, user_named
from terminal.output import Json, emit_table, readable_errors

budgets = typer.Typer(no_args_is_help=True, help="How much requests to models may cost.")
switches = typer.Typer(no_args_is_help=True, help="Providers, models, prompts and documents.")

Period = Annotated[BudgetPeriod, typer.Option(help="How long it lasts.")]
Person = Annotated[str, typer.Option(help="For this person (e-mail).")]
GroupName = Annotated[str, typer.Option(help="For this group.")]
Company = Annotated[bool, typer.Option("--company", help="For the whole company.")]
Kind = Annotated[SwitchKind, typer.Argument(help="What it is.")]
Name = Annotated[str, typer.Argument(help="Its name; of a document, its id.")]


@budgets.command("list")
def list_budgets(as_json: Json = False) -> None:
    """List all budgets, and how much of each is used and reserved."""
    with readable_errors():
        lines = services().budgets.list_all(SYSTEM)
        told = _record if as_json else _in_short
        emit_table([told(line) for line in lines], as_json=as_json)


@budgets.command("set")
def set_budget(
    amount: Annotated[str, typer.Argument(help="In the company's currency, such as 20.")],
    period: Period = BudgetPeriod.MONTH,
    person: Person = "",
    group: GroupName = "",
    company: Company = False,
    as_json: Json = False,
) -> None:
    """Set what each person, or one person, a group or the company may spend."""
    with readable_errors():
        scope, subject = _subject(person, group, company=company)
        terms = BudgetTerms(scope, period, _decimal(amount), subject)
        budget = services().budgets.set(SYSTEM, terms)
        [line] = [x for x in services().budgets.list_all(SYSTEM) if x.budget.id == budget.id]
        emit_table([_record(line) if as_json else _in_short(line)], as_json=as_json)


@budgets.command("remove")
def remove_budget(
    period: Period = BudgetPeriod.MONTH,
    person: Person = "",
    group: GroupName = "",
    company: Company = False,
    as_json: Json = False,
) -> None:
    """Remove the budget of each person, or of one person, a group or the company."""
    with readable_errors():
        scope, subject = _subject(person, group, company=company)
        for line in services().budgets.list_all(SYSTEM):
            budget = line.budget
            if (budget.scope, budget.subject_id, budget.period) == (scope, subject, period):
                services().budgets.remove(SYSTEM, budget.id)
                emit_table([_record(line) if as_json else _in_short(line)], as_json=as_json)
                return
        raise NotFound("There is no such budget. List them with: sandbox_cli.py budgets list")


@switches.command("list")
def list_switches(
    show_all: Annotated[bool, typer.Option("--all", help="Also what was off before.")] = False,
    as_json: Json = False,
) -> None:
    """List what is turned off, by whom, when and why."""
    with readable_errors():
        lines = [x for x in services().switches.list_all(SYSTEM) if x.is_off or show_all]
        emit_table([_switch(line) for line in lines], as_json=as_json)


@switches.command("off")
def turn_off(
    kind: Kind,
    name: Name,
    reason: Annotated[str, typer.Option(help="Why; administrators read it.")],
    as_json: Json = False,
) -> None:
    """Turn something off for everyone, at once; answers being written end within a sentence."""
    with readable_errors():
        line = services().switches.turn_off(SYSTEM, kind, name, reason)
        emit_table([_switch(line)], as_json=as_json)


@switches.command("on")
def turn_on(kind: Kind, name: Name, as_json: Json = False) -> None:
    """Turn something on again."""
    with readable_errors():
        line = services().switches.turn_on(SYSTEM, kind, name)
        emit_table([_switch(line)], as_json=as_json)


def _subject(person: str, group: str, *, company: bool) -> tuple[BudgetScope, str]:
    if bool(person) + bool(group) + company > 1:
        raise InvalidInput("Give one of --person, --group and --company, or none of them.")
    if person:
        return BudgetScope.PERSON, user_named(person).id
    if group:
        [name] = known_groups([group])
        ids = {each.name: each.id for each in services().groups.list(SYSTEM)}
        return BudgetScope.GROUP, ids[name]
    return (BudgetScope.COMPANY if company else BudgetScope.EVERYBODY), ""


def _decimal(written: str) -> Decimal:
    try:
        amount = Decimal(written)
    except InvalidOperation as error:
        raise InvalidInput(f"{written} is no amount. One is 49.90.") from error
    if not amount.is_finite():
        raise InvalidInput(f"{written} is no amount. One is 49.90.")
    return amount


def _record(line: BudgetLine) -> dict[str, object]:
    budget, use = line.budget, line.use
    return {
        "scope": budget.scope.value,
        "who": line.who,
        "period": budget.period.value,
        "limit": budget.limit_micros / 1_000_000,
        "currency": budget.currency,
        "spent": use.spent_micros / 1_000_000 if use else 0.0,
        "reserved": use.reserved_micros / 1_000_000 if use else 0.0,
        "percent": round(use.percent, 1) if use else 0.0,
        "unpriced": use.unpriced if use else 0,
        "forecast": None if line.forecast_micros is None else line.forecast_micros / 1_000_000,
        "people": line.people,
        "people_near": line.near,
        "people_full": line.full,
        "set_by": line.set_by,
        "set_at": line.set_at.isoformat(),
    }


def _in_short(line: BudgetLine) -> dict[str, object]:
    record = _record(line)
    return {
        **{name: record[name] for name in ("who", "period")},
        "limit": f"{record['limit']:,.2f} {record['currency']}",
        "spent": f"{record['spent']:,.2f}",
        "reserved": f"{record['reserved']:,.2f}",
        "used": f"{record['percent']} %",
    }


def _switch(line: SwitchLine) -> dict[str, object]:
    return {
        "kind": line.kind.value,
        "name": line.name,
        "label": line.label,
        "is_off": line.is_off,
        "is_in_use": line.is_in_use,
        "reason": line.reason,
        "off_by": line.off_by,
        "off_at": line.off_at.isoformat(timespec="seconds"),
        "on_by": line.on_by,
        "on_at": line.on_at.isoformat(timespec="seconds") if line.on_at else "",
    }
