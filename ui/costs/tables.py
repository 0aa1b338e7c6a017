"""The tables of the page, which are also its files."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from decimal import Decimal
from functools import partial

import pandas as pd
import streamlit as st

from admin.costs.reports import PortfolioReturn
from admin.costs.values import CostPart, CostReport, TotalCost
from core.domain.costs.terms import CostItem, CostTerms
from core.domain.ideas.money import from_micros
from core.printing.delimited import as_csv
from core.printing.tables import Cell, Table
from core.printing.workbook import as_xlsx
from ui import words
from ui.components.csv_file import draw_download
from ui.costs import words as cost_words
from ui.idea_parts import words as idea_words

Format = str | Callable[[object], str] | None
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHORT = 12
"""Texts of at most so many characters do not wrap."""
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


def shown_items(items: Sequence[CostItem]) -> Table:
    """Return what the page shows of each item, in few columns; the files hold all fields."""
    header = ("Name", "Kind", "Amount", "Paid", "Months", "Idea", "Note")
    return Table(header, tuple(_shown_item(item.terms, item.idea) for item in items))


def ideas_table(found: PortfolioReturn) -> Table:
    """Return a row for each idea, the best net value first."""
    currency = found.currency
    header = (
        *("Idea", "Title", "State"),
        *(
            f"{name} ({currency})"
            for name in ("Benefit", "Cost", "Of which cost items", "Net value")
        ),
        *("ROI (%)", "Paid for itself", "Planned ROI (%)", "Not converted"),
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
            _rounded(one.planned.roi) if one.planned.months else None,
            ", ".join(words.money(each, code) for code, each in one.other_costs.items()),
        )
        for one in found.ideas
    )
    return Table(header, rows)


def draw_table(table: Table, told: str, *, places: int = 2) -> None:
    """Draw a table, amounts with so many decimal places; columns without any value are left out.

    Not as st.dataframe, whose own download would hand names to a spreadsheet as formulas.
    """
    columns = {
        name: [row[place] for row in table.rows]
        for place, name in enumerate(table.header)
        if any(row[place] for row in table.rows)
    }
    shown = pd.DataFrame({name: list(map(_shown, cells)) for name, cells in columns.items()})
    numbers: dict[Hashable, Format] = {
        name: partial(_number, places=places if _has_amounts(cells) else 0)
        for name, cells in columns.items()
        if not any(isinstance(cell, str) for cell in cells)
    }
    st.table(
        shown.style.format(numbers, na_rep=""),
        height=HEIGHT if len(table.rows) > ROWS_IN_VIEW else "content",
        border="horizontal",
        hide_index=True,
        alt=told,
    )


def draw_files(tables: Mapping[str, Table], file_name: str) -> None:
    """Draw the downloads: the first table as CSV, all of them as sheets of a workbook."""
    first = next(iter(tables.values()))
    with st.container(horizontal=True, width="content"):
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


def _shown_item(terms: CostTerms, idea: str) -> tuple[Cell, ...]:
    return (
        terms.name,
        cost_words.KINDS[terms.kind],
        _amount(terms.micros),
        f"{terms.currency} {cost_words.often(terms)}",
        cost_words.span(terms),
        idea,
        terms.note,
    )


def _amount(micros: int | None) -> Decimal | None:
    """Return an amount to the cent, or with two significant digits where it is less than a cent."""
    amount = from_micros(micros)
    if amount is None:
        return None
    return amount.quantize(CENT) if abs(amount) >= CENT or not amount else _two_digits(amount)


def _two_digits(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(amount.adjusted() - 1))


def _rounded(percent: Decimal | None) -> Decimal | None:
    return None if percent is None else percent.quantize(Decimal("0.1"))


def _shown(cell: Cell) -> object:
    """Return a number as one, so that it stands at the right, and texts letter for letter."""
    match cell:
        case None:
            return None
        case Decimal():
            return float(cell)
        case int():
            return cell
        case _:
            text = str(cell)
            return words.plain(text if len(text) > SHORT else _on_one_line(text))


def _has_amounts(cells: Sequence[Cell]) -> bool:
    return any(isinstance(cell, Decimal) for cell in cells)


def _number(value: object, places: int) -> str:
    """Return `1,200.00`; less than a cent in full."""
    amount = float(str(value))
    is_tiny = 0 < abs(amount) < CENT
    return f"{amount:.6f}".rstrip("0") if is_tiny else f"{amount:,.{places}f}"


def _on_one_line(text: str) -> str:
    """Return a short text that does not wrap, such as a month."""
    return text.replace(" ", "\u00a0").replace("-", "\u2011")
