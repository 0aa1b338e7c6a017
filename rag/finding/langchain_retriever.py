"""Hands the passages that one person may read to LangChain, as a retriever of its own kind."""

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
"""The best passages for a query, as many as asked for."""


class PassageRetriever(BaseRetriever):
    """Hybrid search for one person; `Chat.as_retriever` makes one.

    Whom it searches for is part of `find` and cannot be set from a chain. The environment does not
    turn on its tracing, as nothing in this product; a chain that is traced traces its passages.
    """

    find: Find = Field(repr=False, exclude=True)
    k: int = Field(default=10, ge=1, le=MAX_PASSAGES)
    """Passages for a query; the name that LangChain's retrievers have for it."""

    def invoke(
        self,
        input: str,  # noqa: A002  LangChain's name
        config: RunnableConfig | None = None,
        **kwargs: Any,  # noqa: ANN401  as LangChain declares it
    ) -> list[Document]:
        """The passages, best first; raises what `Chat.search` raises."""
        with tracing_context(enabled=False):
            return super().invoke(input, config, **kwargs)

    async def ainvoke(
        self,
        input: str,  # noqa: A002  LangChain's name
        config: RunnableConfig | None = None,
        **kwargs: Any,  # noqa: ANN401  as LangChain declares it
    ) -> list[Document]:
        """The same in a thread, so that the loop goes on."""
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
    """A passage with what is needed to cite it.

    `source` (a file, or the id of a record) and `start_index` are LangChain's names; offsets count
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
