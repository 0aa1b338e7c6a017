"""Opens the vectors where the settings say they are."""

from functools import partial
from pathlib import Path

from core.storage.vectors.process import VectorProcess
from core.storage.vectors.store import ChromaStore, VectorStore, open_chroma


def open_vectors(folder: Path, url: str = "") -> VectorStore:
    """Open files in `folder`, written by a process of their own, or the Chroma server at `url`.

    They are opened at the first call, which raises IndexUnavailable if that fails.
    """
    if not url:
        return VectorProcess(folder)
    return ChromaStore(partial(open_chroma, folder, url), is_server=True)
