"""Uploads, deletions and their receipts."""

from collections.abc import Sequence
from typing import cast

import streamlit as st

from ingestion.erasing.erasure import ErasureReceipt
from ingestion.values import DeletionReceipt, Receipt

_UPLOAD_COLLECTION = "upload_collection"
_RECEIPTS = "upload_receipts"
_UPLOADS = "uploads"
_DELETIONS = "deletions"
_ERASURE = "erasure"


def choose_upload_collection(collection: str) -> None:
    """Choose the collection that the next files go to."""
    st.session_state[_UPLOAD_COLLECTION] = collection


def upload_collection() -> str | None:
    """Return the collection chosen last for uploads."""
    return cast("str | None", st.session_state.get(_UPLOAD_COLLECTION))


def forget_receipts() -> None:
    """Stop showing the last upload, deletion or erasure."""
    for key in (_RECEIPTS, _DELETIONS, _ERASURE):
        st.session_state.pop(key, None)


def keep_receipts(receipts: Sequence[Receipt]) -> None:
    """Keep the receipts of the uploaded files; the next run starts with an empty uploader."""
    forget_receipts()
    st.session_state[_RECEIPTS] = tuple(receipts)
    st.session_state[_UPLOADS] = uploads() + 1


def receipts() -> tuple[Receipt, ...]:
    """Return the receipts of the files uploaded last."""
    return cast("tuple[Receipt, ...]", st.session_state.get(_RECEIPTS, ()))


def uploads() -> int:
    """Count the uploads; the number names the current uploader."""
    return cast("int", st.session_state.get(_UPLOADS, 0))


def keep_deletions(deletions: Sequence[DeletionReceipt]) -> None:
    """Keep what the last deletion removed, in place of earlier receipts."""
    forget_receipts()
    st.session_state[_DELETIONS] = tuple(deletions)


def deletions() -> tuple[DeletionReceipt, ...]:
    """Return what the last deletion removed."""
    return cast("tuple[DeletionReceipt, ...]", st.session_state.get(_DELETIONS, ()))


def keep_erasure(receipt: ErasureReceipt) -> None:
    """Keep what the last erasure removed, in place of earlier receipts."""
    forget_receipts()
    st.session_state[_ERASURE] = receipt


def erasure() -> ErasureReceipt | None:
    """Return what the last erasure removed."""
    return cast("ErasureReceipt | None", st.session_state.get(_ERASURE))
