"""Hands the passages that one person may read to LangChain, as one of its retrievers."""

from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableConfig
from langsmith.run_helpers import tracing_context
from pydantic import Field

from core.domain.answers import RetrievedChunk

MAX_PASSAGES = 1000

Find = Callable[[str, int], Sequence[RetrievedChunk]]
"""Returns the best passages for a query, at most the number given."""


class PassageRetriever(BaseRetriever):
    """Hybrid search for one person; made by `Chat.as_retriever`.

    The person is part of `find` and cannot be changed from a chain. Tracing is never turned on by
    the environment, here as in the whole product; a chain that is traced also traces its passages.
    """

    find: Find = Field(repr=False, exclude=True)
    k: int = Field(default=10, ge=1, le=MAX_PASSAGES)
    """Number of passages for a query, under the name that LangChain's retrievers give it."""

    def invoke(
        self,
        input: str,  # noqa: A002  LangChain's name
        config: RunnableConfig | None = None,
        **kwargs: Any,  # noqa: ANN401  as LangChain declares it
    ) -> list[Document]:
        """Return the passages, best first; raises what `Chat.search` raises."""
        with tracing_context(enabled=False):
            return super().invoke(input, config, **kwargs)

    async def ainvoke(
        self,
        input: str,  # noqa: A002  LangChain's name
        config: RunnableConfig | None = None,
        **kwargs: Any,  # noqa: ANN401  as LangChain declares it
    ) -> list[Document]:
        """Return the passages from a thread, so that the event loop goes on."""
        with tracing_context(enabled=False):
            return await super().ainvoke(input, config, **kwargs)

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002  LangChain passes it
    ) -> list[Document]:
        return [as_document(hit) for hit in self.find(query, self.k)]


def as_document(hit: RetrievedChunk) -> Document:
    """Return a passage as a document with what is needed to cite it.

    `source` (a file, or the id of a record) and `start_index` are LangChain's names. Offsets count
    characters of the document's text.
    """
    chunk = hit.chunk
    return Document(
        chunk.text,
        id=str(chunk.id),
        metadata={
            "source": chunk.external_id or chunk.file_name,
            "file_name": chunk.file_name,
            "title": chunk.document_title,
            "headings": list(chunk.headings),
            "page": chunk.page_from,
            "page_label": chunk.page_label,
            "start_index": chunk.start,
            "end_index": chunk.start + len(chunk.text),
            "score": hit.score,
            "document_id": chunk.document_id,
            "version_id": chunk.version_id,
            "collection_id": chunk.collection_id,
        },
    )
