"""How much Streamlit holds of uploaded files that no page has taken in yet."""

from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager


def held_uploads() -> dict[str, int]:
    """Bytes by session of a page; the files of a page go when it is closed or has used them."""
    manager = runtime.get_instance().uploaded_file_mgr if runtime.exists() else None
    if not isinstance(manager, MemoryUploadedFileManager):
        return {}
    # Copies, since pages add and remove files in their own threads.
    return {
        session: sum(len(file.data) for file in list(files.values()))
        for session, files in list(manager.file_storage.items())
    }
