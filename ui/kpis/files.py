"""The figures as files: Excel at once, PDF when it is ready."""

import streamlit as st

from admin.kpis.files import file_name
from admin.kpis.values import KpiReport
from core.background_files import BackgroundFile
from core.domain.identity import User
from ui import words
from ui.components.csv_file import draw_download
from ui.resources import services

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
LOOK_EVERY = "1s"


def draw_files(user: User, report: KpiReport) -> None:
    """Draw a button for each file; a PDF that is being made shows how far it is."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        draw_download(
            "Download Excel",
            services().kpis.xlsx(user, report),
            file_name(report.period, "xlsx"),
            XLSX,
        )
        if st.button("Make a PDF", icon=":material/picture_as_pdf:", key="kpi-make-pdf"):
            services().kpis.start_pdf(user, report.period)
        file = services().kpis.pdf(user)
        if file is not None:
            _watch(user) if file.is_running else _draw_end(file, file_name(report.period, "pdf"))


@st.fragment(run_every=LOOK_EVERY)
def _watch(user: User) -> None:
    """Draw how far the PDF is, and the page again once it is there."""
    file = services().kpis.pdf(user)
    if file is None or not file.is_running:
        st.rerun()
    st.progress(file.share, text=words.plain(file.step or "Adding up"))


def _draw_end(file: BackgroundFile, wanted: str) -> None:
    """Draw the file, unless it is of another period than the page."""
    if file.name != wanted:
        return
    if file.content is None:
        st.error(words.plain(file.problem))
    else:
        draw_download("Download PDF", file.content, file.name, PDF)
