"""The tables of the page, which are also its files."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pandas as pd
import streamlit as st

from admin.costs.reports import PortfolioReturn
from admin.costs.values import CostPart, CostReport, TotalCost
from core.domain.costs import CostItem
from core.domain.ideas.money import from_micros
from core.printing.delimited import as_csv
from core.printing.tables import Cell, Table
from core.printing.workbook import as_xlsx
from ui import words
from ui.components.csv_file import draw_download
from ui.costs import words as cost_words
from ui.idea_parts import words as idea_words

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CENT = Decimal("0.01")
ROWS_IN_VIEW = 14
HEIGHT = 560


def months_table(report: CostReport) -> Table:
    """Return a row for each month and one for their sum; parts without any cost are left out."""
    currency = report.currency
    parts = shown_parts(report)
    others = list(report.total.other_costs)
    header = (
        "Month",
        *(f"{cost_words.PARTS[part]} ({currency})" for part in parts),
        f"Total ({currency})",
        *(f"Not converted ({code})" for code in others),
        "Answers",
        f"Per answer ({currency})",
        "People",
        f"Per person ({currency})",
    )
    named = [(cost_words.short_month(each.month), each.cost) for each in report.months]
    rows = [*named, ("Total", report.total)]
    return Table(header, tuple(_month_row(name, cost, parts, others) for name, cost in rows))


def shown_parts(report: CostReport) -> list[CostPart]:
    """Return the parts that cost anything in this period, in their order."""
    return [part for part in CostPart if report.total.parts.get(part)]


def items_table(items: Sequence[CostItem]) -> Table:
    """Return a row for each item."""
    header = (
        *("Name", "Kind", "Amount", "Currency", "How often", "Hours", "Hourly rate"),
        *("First month", "Last month", "Idea", "Note"),
    )
    return Table(header, tuple(_item_row(item) for item in items))


def ideas_table(found: PortfolioReturn) -> Table:
    """Return a row for each idea, the best net value first."""
    currency = found.currency
    header = (
        *("Idea", "Title", "State"),
        *(f"{name} ({currency})" for name in ("Benefit", "Cost", "Of it cost items", "Net value")),
        *("ROI (%)", "Paid for itself", f"Planned benefit ({currency})"),
        *(f"Planned cost ({currency})", "Projected ROI (%)", "Not converted"),
    )
    rows = tuple(
        (
            one.label,
            one.title,
            idea_words.STATES[one.status],
            one.actual.benefit,
            one.actual.cost,
            one.item_cost,
            one.actual.net,
            _rounded(one.actual.roi),
            cost_words.break_even(one, currency),
            one.planned.benefit if one.planned.months else None,
            one.planned.cost if one.planned.months else None,
            _rounded(one.planned.roi) if one.planned.months else None,
            ", ".join(words.money(each, code) for code, each in one.other_costs.items()),
        )
        for one in found.ideas
    )
    return Table(header, rows)


def draw_table(table: Table, told: str) -> None:
    """Draw a table; columns without any value are left out.

    Not as st.dataframe, whose own download would hand names to a spreadsheet as formulas.
    """
    kept = [place for place in range(len(table.header)) if any(row[place] for row in table.rows)]
    shown = pd.DataFrame(
        [[_shown(row[place]) for place in kept] for row in table.rows],
        columns=[table.header[place] for place in kept],
    )
    st.table(
        shown,
        height=HEIGHT if len(table.rows) > ROWS_IN_VIEW else "content",
        border="horizontal",
        hide_index=True,
        alt=told,
    )


def draw_files(tables: Mapping[str, Table], file_name: str) -> None:
    """Draw the downloads: the first table as CSV, all of them as sheets of a workbook."""
    first = next(iter(tables.values()))
    with st.container(horizontal=True):
        draw_download("Download CSV", as_csv(first), f"{file_name}.csv", "text/csv")
        draw_download("Download Excel", as_xlsx(tables), f"{file_name}.xlsx", XLSX)


def _month_row(
    name: str, cost: TotalCost, parts: Sequence[CostPart], others: Sequence[str]
) -> tuple[Cell, ...]:
    return (
        name,
        *(_amount(cost.parts.get(part, 0)) for part in parts),
        _amount(cost.micros),
        *(_amount(cost.other_costs.get(code, 0)) for code in others),
        cost.answers,
        _amount(cost.per_answer),
        cost.people,
        _amount(cost.per_person),
    )


def _item_row(item: CostItem) -> tuple[Cell, ...]:
    terms = item.terms
    return (
        terms.name,
        cost_words.KINDS[terms.kind],
        _amount(terms.micros),
        terms.currency,
        cost_words.RHYTHMS[terms.rhythm],
        terms.hours,
        terms.hourly_rate,
        cost_words.short_month(terms.first_month),
        "" if terms.last_month is None else cost_words.short_month(terms.last_month),
        item.idea,
        terms.note,
    )


def _amount(micros: int | None) -> Decimal | None:
    """Return an amount to the cent, or in full where it is less than a cent."""
    amount = from_micros(micros)
    if amount is None or abs(amount) < CENT:
        return amount
    return amount.quantize(CENT)


def _rounded(percent: Decimal | None) -> Decimal | None:
    return None if percent is None else percent.quantize(Decimal("0.1"))


def _shown(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Decimal():
            return f"{cell:,.2f}" if abs(cell) >= CENT or not cell else f"{cell.normalize():f}"
        case int():
            return f"{cell:,}"
        case _:
            return words.plain(str(cell))
