"""One figure as a card, and what figures are made of as a table."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from admin.kpis.values import Kpi
from admin.kpis.words import cases, part_name, part_value
from admin.measure_words import interval_of, value_of
from admin.measures import Measure
from ui import words
from ui.components.csv_file import draw_csv_download


def draw_card(kpi: Kpi) -> None:
    """Draw the value, that of the period before, of how many cases, and a small trend."""
    measure = kpi.measure
    st.metric(
        words.plain(measure.definition.title),
        value_of(measure, kpi.currency),
        delta=_before(kpi),
        delta_color="off",
        delta_arrow="off",
        delta_description=_of_how_many(kpi),
        help=words.plain(_meaning(measure)),
        border=True,
        height="stretch",
        chart_data=_line(kpi),
    )


def parts_table(kpis: Sequence[Kpi]) -> pd.DataFrame:
    """Make one row per part of a figure, in the order of the cards."""
    return pd.DataFrame(
        [
            {
                "Figure": kpi.measure.definition.title,
                "Part": part_name(kpi.measure, part),
                "Value": part_value(kpi.measure, part, kpi.currency),
            }
            for kpi in kpis
            for part in kpi.measure.parts
        ]
    )


def draw_parts(kpis: Sequence[Kpi], group: str) -> None:
    """Draw the parts as a table, with a file of them."""
    table = parts_table(kpis)
    # Not st.dataframe: its own download would hand names to a spreadsheet as formulas.
    st.table(table.map(words.plain), border="horizontal", hide_index=True, alt=f"{group} in detail")
    draw_csv_download(lambda: table, f"kpis-{group.lower()}.csv")


def _before(kpi: Kpi) -> str | None:
    if kpi.previous is None or kpi.previous.value is None:
        return None
    return f"{value_of(kpi.previous, kpi.currency)} before"


def _of_how_many(kpi: Kpi) -> str | None:
    """Return `of 212`, and the note."""
    measure = kpi.measure
    number = f"of {cases(measure)}" if measure.cases is not None else ""
    return ". ".join(filter(None, [number, measure.note])) or None


def _meaning(measure: Measure) -> str:
    """Return the definition, and the range where there is one: a card has no room for it."""
    spread = interval_of(measure)
    told = f" With so many cases, the true share is {spread} (95%)." if spread else ""
    return f"{measure.definition.meaning}{told}"


def _line(kpi: Kpi) -> list[float] | None:
    """Return the trend, None without a value or with too few of them to make a line."""
    trend = [value for value in kpi.trend if value is not None]
    return trend if kpi.measure.value is not None and len(trend) > 1 else None
