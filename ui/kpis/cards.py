"""One figure as a card, and what figures are made of as a table."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from admin.kpis.values import Kpi
from admin.kpis.words import cases, part_name, part_value
from admin.measure_words import interval_of, value_of
from ui import words
from ui.components.csv_file import draw_csv_download


def draw_card(kpi: Kpi) -> None:
    """Draw the value, that of the period before, of how many cases, and a small trend."""
    measure = kpi.measure
    trend = [value for value in kpi.trend if value is not None]
    st.metric(
        measure.definition.title,
        value_of(measure, kpi.currency),
        delta=_before(kpi),
        delta_color="off",
        delta_arrow="off",
        delta_description=_of_how_many(kpi),
        help=words.plain(measure.definition.meaning),
        border=True,
        height="stretch",
        chart_data=trend if len(trend) > 1 else None,
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
    if kpi.previous is None:
        return None
    return f"{value_of(kpi.previous, kpi.currency)} before"


def _of_how_many(kpi: Kpi) -> str | None:
    """Return `63.5% to 86.7%, of 212`, and the note."""
    measure = kpi.measure
    told = [interval_of(measure), f"of {cases(measure)}" if measure.cases is not None else ""]
    return ". ".join(filter(None, [", ".join(filter(None, told)), measure.note])) or None
