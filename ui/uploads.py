"""Measures the uploaded files that Streamlit holds and no page has used yet."""

from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager


def held_uploads() -> dict[str, int]:
    """Return the bytes held by each page session; they go when it closes or uses them."""
    manager = runtime.get_instance().uploaded_file_mgr if runtime.exists() else None
    if not isinstance(manager, MemoryUploadedFileManager):
        return {}
    # Copies, since pages add and remove files in their own threads.
    return {
        session: sum(len(file.data) for file in list(files.values()))
        for session, files in list(manager.file_storage.items())
    }
