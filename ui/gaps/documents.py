"""Documents that nobody cites, and documents behind answers that were rated not helpful."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from admin.gaps.documents import DAYS, MOST, DoubtedDocument, UncitedDocument
from core.domain.identity import User
from ui import words
from ui.components.csv_file import draw_csv_download
from ui.components.times import local_day
from ui.resources import services

ROWS_IN_VIEW = 12
HEIGHT = 560


def draw_documents(user: User) -> None:
    """Draw both lists, of the last 90 days."""
    _draw_uncited(services().gaps.documents.uncited(user))
    _draw_doubted(services().gaps.documents.doubted(user))


def uncited_table(found: Sequence[UncitedDocument]) -> pd.DataFrame:
    """Make one row per document, most reads first."""
    return pd.DataFrame(
        {
            "Document": [one.title for one in found],
            "Collection": [one.collection_name for one in found],
            "Current version of": [local_day(one.since) for one in found],
            "Answers that looked at it": [one.reads for one in found],
        }
    )


def doubted_table(found: Sequence[DoubtedDocument]) -> pd.DataFrame:
    """Make one row per document, most unhelpful answers first."""
    return pd.DataFrame(
        {
            "Document": [one.title for one in found],
            "Collection": [one.collection_name for one in found],
            "Not helpful": [one.not_helpful for one in found],
            "Rated answers that cite it": [one.rated for one in found],
        }
    )


def _draw_uncited(found: Sequence[UncitedDocument]) -> None:
    st.subheader("Documents nobody cites", anchor=False)
    if not found:
        st.write(f"None. Every document was cited in the last {DAYS} days, or is newer.")
        return
    st.caption(
        f"{_number(found)} that no answer of the last {DAYS} days cites. Many reads without a "
        "citation mean that a document comes near and does not answer."
    )
    _draw_table(uncited_table(found), "Documents nobody cites", "documents-nobody-cites.csv")


def _draw_doubted(found: Sequence[DoubtedDocument]) -> None:
    st.subheader("Documents behind bad answers", anchor=False)
    if not found:
        st.write(f"None. No answer of the last {DAYS} days that cites a document was rated so.")
        return
    st.caption(
        f"{_number(found)} cited by answers that people rated not helpful in the last {DAYS} days."
    )
    _draw_table(
        doubted_table(found), "Documents behind bad answers", "documents-behind-bad-answers.csv"
    )


def _number(found: Sequence[object]) -> str:
    first = "The first " if len(found) == MOST else ""
    return f"{first}{words.count(len(found), 'document')}"


def _draw_table(table: pd.DataFrame, told: str, file_name: str) -> None:
    # Not st.dataframe: its own download would hand titles to a spreadsheet as formulas.
    shown = table.map(lambda cell: words.plain(cell) if isinstance(cell, str) else cell)
    st.table(
        shown,
        height=HEIGHT if len(table) > ROWS_IN_VIEW else "content",
        border="horizontal",
        hide_index=True,
        alt=told,
    )
    draw_csv_download(lambda: table, file_name)
