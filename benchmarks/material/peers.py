"""The retrieval a team builds first: LangChain's stock parts, put together as documented.

Needs `pip install -r benchmarks/requirements.txt` in the environment of the project.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from langchain_chroma import Chroma
from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.embeddings import HuggingFaceEmbeddings
from langchain_community.retrievers import BM25Retriever
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_text_splitters import RecursiveCharacterTextSplitter

from benchmarks.material.recombined import SourceText
from core.models.weights import find_weights

CHUNK_CHARACTERS, OVERLAP = 1000, 100


def stock_embeddings() -> Embeddings:
    """Return the weights that the product uses too, in 32-bit floats.

    The class of langchain-huggingface does the same, but does not go with the product's
    huggingface-hub.
    """
    embeddings: Embeddings = HuggingFaceEmbeddings(model_name=str(find_weights()))
    return embeddings


def stock_chunks(sources: Iterable[SourceText]) -> list[Document]:
    """Return chunks of 1,000 characters with 100 of overlap, title first."""
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_CHARACTERS, chunk_overlap=OVERLAP)
    documents = [
        Document(f"{source.title}\n{source.text}".strip(), metadata={"source": source.id})
        for source in sources
    ]
    return splitter.split_documents(documents)


class StockPipeline:
    """Chroma's similarity search, and the ensemble of it with BM25 (equal weights)."""

    def __init__(self, folder: Path, embeddings: Embeddings, chunks: Sequence[Document]) -> None:
        self._store = Chroma(persist_directory=str(folder), embedding_function=embeddings)
        for start in range(0, len(chunks), 5_000):
            self._store.add_documents(list(chunks[start : start + 5_000]))
        self._keywords = BM25Retriever.from_documents(list(chunks))

    def similar(self, k: int) -> BaseRetriever:
        """Return the vector store's own retriever."""
        retriever: BaseRetriever = self._store.as_retriever(search_kwargs={"k": k})
        return retriever

    def ensemble(self, k: int) -> BaseRetriever:
        """Return the reciprocal rank fusion of both."""
        keywords = self._keywords.model_copy(update={"k": k})
        ensemble: BaseRetriever = EnsembleRetriever(
            retrievers=[keywords, self.similar(k)], weights=[0.5, 0.5]
        )
        return ensemble


def sources(retriever: BaseRetriever, query: str) -> list[str]:
    """Return document ids in the order of their best passage, of the product or of a peer."""
    return list(dict.fromkeys(document.metadata["source"] for document in retriever.invoke(query)))
