"""Takes in files, and shows the receipt of each."""

import unicodedata
from collections import Counter
from collections.abc import Sequence

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.domain.identity import User
from core.domain.knowledge import Collection, Upload
from core.errors import InvalidInput
from ingestion.files.media import BY_SUFFIX
from ingestion.library.stewardship import Changes
from ingestion.values import Receipt, ReceiptStatus
from ui import state, words
from ui.components.collection_form import draw_new_collection_button
from ui.components.problems import shown_problems
from ui.documents.care import describe_uploaded, draw_fields
from ui.resources import services

FILE_TYPES = [suffix.removeprefix(".") for suffix in BY_SUFFIX]

RESULTS = {
    ReceiptStatus.REGISTERED: "Accepted",
    ReceiptStatus.DUPLICATE: "Already in the collection",
    ReceiptStatus.FAILED: "Not accepted",
}
SHOWN_REFUSALS = 20


def draw_upload_area(user: User, collections: Sequence[Collection]) -> None:
    """Draw collection, files and one button, then the receipts of the last upload."""
    with st.container(border=True):
        collection_id = _draw_collection_choice(collections)
        one_by_one, whole = st.columns([3, 2])
        with one_by_one:
            files = _draw_files()
        with whole:
            files = [*files, *_draw_folder()]
        label = f"Upload {words.count(len(files), 'file')}" if files else "Upload files"
        is_ready = bool(files) and collection_id is not None
        with st.container(horizontal=True):
            is_asked = st.button(label, type="primary", disabled=not is_ready, key="upload")
            with st.popover("Owner, classification, review date", width="content"):
                changes = draw_fields(user, f"upload-{state.uploads()}", kept="Not set")
        if is_asked and collection_id is not None:
            # What was chosen stays chosen when this fails.
            with shown_problems():
                _upload(user, collection_id, files, changes)
    _draw_receipts(state.receipts())


def _draw_files() -> list[UploadedFile]:
    return st.file_uploader(
        "Files",
        type=FILE_TYPES,
        accept_multiple_files=True,
        help="PDF, Word, PowerPoint, Excel, OpenDocument, EPUB, RTF, HTML, Markdown, text, CSV, "
        "XML, JSON, e-mails with their attachments, images, and zip archives of these.",
        key=f"files-{state.uploads()}",
    )


def _draw_folder() -> list[UploadedFile]:
    """Accept files of any type: an unreadable one gets a receipt instead of vanishing."""
    return st.file_uploader(
        "Or a folder with its subfolders",
        accept_multiple_files="directory",
        key=f"folder-{state.uploads()}",
    )


def _draw_collection_choice(collections: Sequence[Collection]) -> str | None:
    if not collections:
        st.write("Every file belongs to a collection, which decides who can read it.")
        draw_new_collection_button()
        return None
    ids = [collection.id for collection in collections]
    chosen = state.upload_collection()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        collection_id = st.selectbox(
            "Collection",
            ids,
            index=ids.index(chosen) if chosen in ids else 0,
            format_func={c.id: c.name for c in collections}.__getitem__,
            key=f"upload-collection-{chosen}",
            width=420,
        )
        draw_new_collection_button()
    return collection_id


def _upload(
    user: User, collection_id: str, files: Sequence[UploadedFile], changes: Changes | None
) -> None:
    _require_different_names(files)
    with st.spinner(f"Uploading {words.count(len(files), 'file')}"):
        receipts = services().documents.upload(
            user, collection_id, [_to_upload(file) for file in files]
        )
        new = [r.document_id for r in receipts if r.status is ReceiptStatus.REGISTERED]
        problem = describe_uploaded(user, [one for one in new if one], changes)
    state.keep_receipts(receipts)
    state.choose_upload_collection(collection_id)
    if problem:
        state.notify(words.plain(problem))
    st.rerun()


def _require_different_names(files: Sequence[UploadedFile]) -> None:
    """Raise InvalidInput: of two files with one name, the second would replace the first."""
    names = Counter(unicodedata.normalize("NFC", file.name) for file in files)
    for name, count in names.items():
        if count > 1:
            raise InvalidInput(
                f"{count} of the files you chose are named “{name}”. Nothing was uploaded. "
                "Rename them, or choose the folder that contains all of them."
            )


def _to_upload(file: UploadedFile) -> Upload:
    """Name each file by its path: one name in two folders means two documents."""
    is_in_folder = "/" in file.name
    return Upload(file.name, file.getvalue(), external_id=file.name if is_in_folder else None)


def _draw_receipts(receipts: Sequence[Receipt]) -> None:
    if not receipts:
        return
    refused = [receipt for receipt in receipts if receipt.status is ReceiptStatus.FAILED]
    if refused:
        st.warning(_refusals(refused), icon=":material/block:")
    with st.expander(_summary(receipts), expanded=len(receipts) <= SHOWN_REFUSALS):
        st.dataframe(_table(receipts), hide_index=True, width="stretch", key="receipts")


def _summary(receipts: Sequence[Receipt]) -> str:
    statuses = [receipt.status for receipt in receipts]
    counted = [(statuses.count(status), word.lower()) for status, word in RESULTS.items()]
    parts = ", ".join(f"{number} {word}" for number, word in counted if number)
    return f"Last upload: {parts}"


def _refusals(refused: Sequence[Receipt]) -> str:
    lines = [f"- **{words.plain(_name(r))}**: {words.plain(r.reason)}" for r in refused]
    hidden = len(lines) - SHOWN_REFUSALS
    more = [f"- and {words.count(hidden, 'other file')}"] if hidden > 0 else []
    return "\n".join(["Not accepted:", "", *lines[:SHOWN_REFUSALS], *more])


def _table(receipts: Sequence[Receipt]) -> pd.DataFrame:
    rows = [(_name(r), RESULTS[r.status], r.reason) for r in receipts]
    return pd.DataFrame(rows, columns=["File", "Result", "Reason"])


def _name(receipt: Receipt) -> str:
    """Return the file name, with its folders if it came with them."""
    given = receipt.external_id or ""
    return given if "/" in given else receipt.file_name
