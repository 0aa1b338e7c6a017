"""The board's figures as PDF and Excel files."""

from collections.abc import Iterator
from decimal import Decimal

from admin.kpis.values import Kpi, KpiGroup, KpiReport
from admin.kpis.words import GROUPS, INTRODUCTION, cases, part_name, part_value, title
from admin.measure_words import interval_of, value_of
from admin.measures import Measure, Unit
from admin.usage.period import Period
from core.background_files import Progress
from core.domain.text.dates import long_date
from core.printing import blocks
from core.printing.pdf import to_pdf
from core.printing.tables import Cell, Table
from core.printing.workbook import as_xlsx

MICROS = 1_000_000
HEADER = ("Figure", "Value", "Period before", "Cases", "Range")


def file_name(period: Period, kind: str) -> str:
    """Return `kpis-2026-10-01-2026-10-31.pdf`."""
    return f"kpis-{period.first.isoformat()}-{period.last.isoformat()}.{kind}"


def kpi_pdf(report: KpiReport, tell: Progress) -> bytes:
    """Return the report: a table for each group, then what each figure means."""
    printed = []
    for number, group in enumerate(KpiGroup):
        tell(number / (len(KpiGroup) + 1), f"{GROUPS[group]}: setting the table")
        printed += list(_group(report, group))
    tell(len(KpiGroup) / (len(KpiGroup) + 1), "Laying out pages")
    printed += list(_meanings(report))
    name = title(report)
    return to_pdf(name, [*_front(report), *printed], footer=name)


def kpi_xlsx(report: KpiReport) -> bytes:
    """Return a workbook: the figures, their parts, and their values in each period."""
    return as_xlsx({"Figures": _figures(report), "Parts": _parts(report), "Trend": _trend(report)})


def _front(report: KpiReport) -> Iterator[blocks.Block]:
    yield blocks.Title(title(report))
    yield blocks.Paragraph(INTRODUCTION, is_note=True)
    yield blocks.Facts(
        [
            ("Period", f"{long_date(report.period.first)} to {long_date(report.period.last)}"),
            ("Period before", _before(report)),
            ("Money", report.currency),
        ]
    )


def _before(report: KpiReport) -> str:
    before = report.period.previous
    return f"{long_date(before.first)} to {long_date(before.last)}"


def _group(report: KpiReport, group: KpiGroup) -> Iterator[blocks.Block]:
    yield blocks.Heading(GROUPS[group])
    rows: list[tuple[str, ...]] = []
    marked = []
    for kpi in report.of_group(group):
        marked.append(len(rows))
        rows.append(_row(kpi))
        rows += [
            (f"    {part_name(kpi.measure, part)}", part_value(kpi.measure, part, kpi.currency))
            for part in kpi.measure.parts
        ]
    yield blocks.Table(HEADER, rows, frozenset(marked))


def _row(kpi: Kpi) -> tuple[str, ...]:
    before = value_of(kpi.previous, kpi.currency) if kpi.previous else ""
    measure = kpi.measure
    return (
        measure.definition.title,
        value_of(measure, kpi.currency),
        before,
        cases(measure),
        interval_of(measure) or measure.note,
    )


def _meanings(report: KpiReport) -> Iterator[blocks.Block]:
    yield blocks.Heading("What the figures mean")
    yield blocks.Facts(
        [(kpi.measure.definition.title, kpi.measure.definition.meaning) for kpi in report.kpis]
    )


def _figures(report: KpiReport) -> Table:
    header = ("Group", "Figure", "Unit", "Value", "Period before", "Cases", "Low", "High")
    rows = tuple(
        (
            GROUPS[kpi.group],
            kpi.measure.definition.title,
            _unit(kpi.measure, kpi.currency),
            _number(kpi.measure, kpi.measure.value),
            _number(kpi.measure, kpi.previous.value) if kpi.previous else None,
            kpi.measure.cases,
            kpi.measure.interval.low if kpi.measure.interval else None,
            kpi.measure.interval.high if kpi.measure.interval else None,
            kpi.measure.note,
            kpi.measure.definition.meaning,
        )
        for kpi in report.kpis
    )
    return Table((*header, "Note", "Meaning"), rows)


def _parts(report: KpiReport) -> Table:
    rows = tuple(
        (
            kpi.measure.definition.title,
            part_name(kpi.measure, part),
            part_value(kpi.measure, part, kpi.currency),
        )
        for kpi in report.kpis
        for part in kpi.measure.parts
    )
    return Table(("Figure", "Part", "Value"), rows)


def _trend(report: KpiReport) -> Table:
    with_trend = [kpi for kpi in report.kpis if kpi.trend]
    longest = max((len(kpi.trend) for kpi in with_trend), default=0)
    ends = [""] * longest
    window = report.period
    for place in range(longest - 1, -1, -1):
        ends[place] = f"to {window.last.isoformat()}"
        window = window.previous
    rows = tuple(
        (
            kpi.measure.definition.title,
            _unit(kpi.measure, kpi.currency),
            *(_number(kpi.measure, value) for value in kpi.trend),
        )
        for kpi in with_trend
    )
    return Table(("Figure", "Unit", *ends), rows)


def _unit(measure: Measure, currency: str) -> str:
    return currency if measure.definition.unit is Unit.MONEY else measure.definition.unit.value


def _number(measure: Measure, value: float | None) -> Cell:
    """Return money in whole units of its currency, everything else as it is."""
    if value is None:
        return None
    if measure.definition.unit is Unit.MONEY:
        return Decimal(round(value)) / MICROS
    return value
