"""What runs beside the requests while the app is up."""

import logging

from core.errors import ConfigurationError
from ingestion.ownership import IndexOwnership
from ingestion.sandboxed import SandboxedParser
from ingestion.service import Documents
from ingestion.worker import BackgroundQueue
from rag.service import Chat

logger = logging.getLogger(__name__)


class BackgroundWork:
    """Owns the indexes while it runs; first repairs what the last run left unfinished."""

    def __init__(
        self,
        ownership: IndexOwnership,
        queue: BackgroundQueue,
        documents: Documents,
        chat: Chat,
        children: tuple[SandboxedParser, ...],
    ) -> None:
        self._ownership = ownership
        self._queue = queue
        self._documents = documents
        self._chat = chat
        self._children = children

    def start(self) -> None:
        """Raises ConfigurationError if another process works on the same data directory."""
        if not self._ownership.acquire():
            raise ConfigurationError(
                "Another process uses this data directory. Stop it, or set SANDBOX_DATA_DIR."
            )
        interrupted = self._chat.close_interrupted()
        self._queue.start()
        resumed = self._documents.resume_unfinished()
        logger.info("work started interrupted=%s resumed=%s", interrupted, resumed)

    def stop(self) -> None:
        """Lets running work finish for a moment and gives the indexes back."""
        self._queue.stop()
        for child in self._children:
            child.close()
        self._ownership.release()
