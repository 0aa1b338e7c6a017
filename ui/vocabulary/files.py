"""Imports sets of synonyms from a file and exports them."""

import base64

import streamlit as st

from core.domain.identity import User
from rag.synonym_sets import ImportPlan
from rag.vocabulary.import_text import decoded
from ui import state, words
from ui.components.problems import shown_problems
from ui.resources import download_component, services
from ui.vocabulary import words as vocabulary_words

FILE_NAME = "vocabulary.txt"
PROBLEMS_SHOWN = 20


def draw_files(admin: User, number: int) -> None:
    """Draw import, which says what it would do first, and export; `number` names the uploader.

    Another number empties it.
    """
    with st.expander("Import and export", icon=":material/import_export:"):
        with shown_problems():
            _draw_import(admin, number)
        _draw_export(admin)


def _draw_import(admin: User, number: int) -> None:
    file = st.file_uploader(
        "Import a file",
        type=["txt", "csv"],
        help=vocabulary_words.IMPORT_HELP,
        key=f"vocabulary-file-{number}",
    )
    if file is None:
        return
    text = decoded(file.getvalue())
    plan = services().synonym_sets.plan(admin, text)
    st.write(vocabulary_words.plan(plan))
    _draw_problems(plan)
    is_empty = not (plan.added or plan.switched)
    if st.button("Import", type="primary", disabled=is_empty, key="import-sets"):
        done = services().synonym_sets.import_text(admin, text)
        state.notify(vocabulary_words.imported(done))
        st.rerun()


def _draw_problems(plan: ImportPlan) -> None:
    for problem in plan.problems[:PROBLEMS_SHOWN]:
        st.caption(words.plain(f"Line {problem.line}: {problem.reason}"))
    if len(plan.problems) > PROBLEMS_SHOWN:
        st.caption(f"And {words.count(len(plan.problems) - PROBLEMS_SHOWN, 'more line')}.")


def _draw_export(admin: User) -> None:
    is_whole = st.checkbox("Also the shipped sets", key="export-shipped")
    text = services().synonym_sets.export_text(admin, with_shipped=is_whole)
    if not text:
        st.caption("There is nothing to export yet.")
        return
    content = base64.b64encode(text.encode()).decode()
    data = {"label": "Export", "name": FILE_NAME, "type": "text/plain", "content": content}
    download_component()(key="download-vocabulary", data=data)
