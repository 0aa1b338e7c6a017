"""A small knowledge base with real storage and a hashing embedder."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pypdf import PdfReader

from core.domain.identity import Role, User
from core.domain.knowledge import Sensitivity
from core.domain.ports import ChatModel, EmbeddedPassages, KeywordEntry
from core.domain.text.sentences import sentence_spans
from core.errors import ConfigurationError
from core.guardrails.guard import Guard, plain_masker
from core.models.embedders import LoadedEmbedders
from core.storage.database import Database
from core.storage.keyword_index import TantivyKeywordIndex
from core.storage.queries.people import group_ids_named
from core.storage.queries.sentences import store_sentences
from core.storage.tables import (
    ChunkRow,
    CollectionGroupRow,
    CollectionRow,
    DocumentRow,
    DocumentVersionRow,
    MembershipRow,
    PageRow,
    PriceRow,
    UserRow,
)
from core.storage.vectors.index import ChromaVectorIndex
from core.storage.vectors.store import ChromaStore, open_chroma
from rag.answering.choosing import Answering
from rag.answering.pipeline import AnswerModels, AnswerPipeline
from rag.answering.recording import Recorder
from rag.answering.running import RunningAnswers
from rag.answering.turns import AnswerTurns
from rag.finding.model_rewriting import ModelRewriter
from rag.finding.retrieval import HybridRetriever, Indexes
from rag.grounding import SupportJudge
from rag.prompting.prompt import load_prompt
from rag.service import Chat

if TYPE_CHECKING:
    from core.domain.ports import Spans, Vectors
    from rag.vocabulary.expansion import SynonymExpander

DIMENSION = 256


class HashingEmbedder:
    """Words hashed into 256 buckets: similar wording gives similar vectors, no model needed."""

    def __init__(self, name: str = "hashing", dimension: int = DIMENSION) -> None:
        self.name = name
        self.dimension = dimension

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.embed_query(text) for text in texts])

    def embed_with_sentences(
        self, texts: Sequence[str], spans: Sequence[Spans]
    ) -> EmbeddedPassages:
        sentences = tuple(
            np.array([self.embed_query(text[a:b]) for a, b in places]).reshape(-1, self.dimension)
            for text, places in zip(texts, spans, strict=True)
        )
        return EmbeddedPassages(self.embed_passages(texts), sentences)

    def embed_query(self, text: str) -> Vectors:
        """Another name hashes words into other places."""
        vector = np.full(self.dimension, 1e-6, dtype=np.float32)
        salt = "" if self.name == "hashing" else self.name
        for word in re.findall(r"[a-z]{3,}", text.lower()):
            digest = hashlib.md5((salt + word[:6]).encode(), usedforsecurity=False).digest()
            vector[digest[0] % self.dimension] += 1
        return vector / np.linalg.norm(vector)

    def count_tokens(self, text: str) -> int:
        return len(text.split())


def price_of_fake_models() -> PriceRow:
    """2 USD for a million tokens in, 10 USD for a million out."""
    return PriceRow(
        model_pattern="fake-*",
        input_micros=2_000_000,
        output_micros=10_000_000,
        currency="USD",
        valid_from=datetime(2020, 1, 1, tzinfo=UTC),
    )


@dataclass
class Knowledge:
    """Collections, documents and people for tests."""

    database: Database
    vectors: ChromaVectorIndex
    keywords: TantivyKeywordIndex
    embedder: HashingEmbedder
    others: dict[str, HashingEmbedder] = field(default_factory=dict)
    synonyms: SynonymExpander | None = None

    @property
    def embedders(self) -> LoadedEmbedders:
        return LoadedEmbedders(self.embedder, self._load)

    def _load(self, name: str) -> HashingEmbedder:
        if name not in self.others:
            raise ConfigurationError(f"no model {name}")
        return self.others[name]

    def person(self, name: str, *groups: str, role: Role = Role.EMPLOYEE) -> User:
        with self.database.begin() as session:
            row = UserRow(email=f"{name}@nordhafen.example", name=name.title(), role=role.value)
            session.add(row)
            session.flush()
            ids = group_ids_named(session, list(groups))
            session.add_all(MembershipRow(user_id=row.id, group_id=i) for i in ids)
            return User(row.id, row.email, row.name, role, frozenset(ids))

    def collection(
        self, name: str, *groups: str, is_open: bool = False, model: HashingEmbedder | None = None
    ) -> str:
        model = model or self.embedder
        with self.database.begin() as session:
            row = CollectionRow(
                name=name,
                is_open=is_open,
                embedding_model=model.name,
                embedding_dimension=model.dimension,
                splitter_version="test",
            )
            session.add(row)
            session.flush()
            session.add_all(
                CollectionGroupRow(collection_id=row.id, group_id=group)
                for group in group_ids_named(session, list(groups))
            )
            return row.id

    def document(
        self,
        collection_id: str,
        title: str,
        *passages: str,
        model: HashingEmbedder | None = None,
    ) -> list[int]:
        """Stores one passage a page and returns the chunk ids."""
        with self.database.begin() as session:
            document = DocumentRow(collection_id=collection_id, source_key=title, title=title)
            session.add(document)
            session.flush()
            version = DocumentVersionRow(
                document_id=document.id,
                file_name=f"{title.lower().replace(' ', '-')}.txt",
                media_type="text/plain",
                sha256="0" * 64,
                size_bytes=1,
                state="ready",
            )
            session.add(version)
            session.flush()
            document.current_version_id = version.id
            chunks = [
                ChunkRow(
                    collection_id=collection_id,
                    document_id=document.id,
                    version_id=version.id,
                    ordinal=number,
                    page_from=number,
                    page_to=number,
                    start=0,
                    end=len(text),
                    text=text,
                    is_ready=True,
                )
                for number, text in enumerate(passages, start=1)
            ]
            session.add_all(chunks)
            session.add_all(
                PageRow(version_id=version.id, number=number, start=0, text=text)
                for number, text in enumerate(passages, start=1)
            )
            session.flush()
            ids = [chunk.id or 0 for chunk in chunks]
        texts = [f"{title}\n{text}" for text in passages]
        spans = [sentence_spans(t, p) for t, p in zip(texts, passages, strict=True)]
        embedded = (model or self.embedder).embed_with_sentences(texts, spans)
        with self.database.begin() as session:
            store_sentences(session, ids, embedded.sentences)
        self.vectors.add(collection_id, ids, embedded.passages)
        self.keywords.add(
            collection_id,
            [KeywordEntry(i, title, "", text) for i, text in zip(ids, passages, strict=True)],
        )
        return ids

    def retriever(self) -> HybridRetriever:
        return HybridRetriever(
            self.database,
            Indexes(self.vectors, self.keywords, self.synonyms),
            self.embedders,
            candidates=50,
        )

    def chat(  # noqa: PLR0913  what takes part in an answer, each by its name
        self,
        model: ChatModel | None = None,
        running: Callable[[Database, Recorder], RunningAnswers] = RunningAnswers,
        turns: AnswerTurns | None = None,
        *,
        tells_groups: bool = False,
        judge: SupportJudge | None = None,
        rewriter: ModelRewriter | None = None,
        guard: Guard | None = None,
        embedding_guard: Guard | None = None,
        highest_class: Sensitivity = Sensitivity.INTERNAL,
        embeds_class: Sensitivity = Sensitivity.RESTRICTED,
        per_minute: int = 0,
    ) -> Chat:
        models = AnswerModels(
            load_prompt("Nordhafen Logistics"),
            model,
            judge,
            rewriter,
            tells_groups,
            guard.masker if guard else plain_masker,
            highest_class,
            embeds_class,
        )
        pipeline = self.pipeline(models)
        return self.chat_of(pipeline, running, turns, guard, embedding_guard, per_minute)

    def pipeline(self, models: AnswerModels) -> AnswerPipeline:
        return AnswerPipeline(self.retriever(), self.keywords, self.embedder, models, top_k=6)

    def chat_of(  # noqa: PLR0913  the parts of a chat
        self,
        pipeline: Answering,
        running: Callable[[Database, Recorder], RunningAnswers] = RunningAnswers,
        turns: AnswerTurns | None = None,
        guard: Guard | None = None,
        embedding_guard: Guard | None = None,
        per_minute: int = 0,
    ) -> Chat:
        recorder = Recorder(own_price=None, currency="EUR", embedding_model="hashing")
        return Chat(
            self.database,
            self.retriever(),
            pipeline,
            running(self.database, recorder),
            turns=turns,
            guard=guard,
            embedding_guard=embedding_guard,
            per_minute=per_minute,
        )


def written(export: bytes) -> str:
    """The words of an exported file, of a PDF without its line breaks."""
    if not export.startswith(b"%PDF"):
        return export.decode()
    pages = PdfReader(io.BytesIO(export)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.fixture
def knowledge(sqlite_database: Database, tmp_path: Path) -> Iterator[Knowledge]:
    store = ChromaStore(lambda: open_chroma(tmp_path / "chroma"))
    yield Knowledge(
        sqlite_database,
        ChromaVectorIndex(store),
        TantivyKeywordIndex(tmp_path / "keywords"),
        HashingEmbedder(),
    )
    store.close()  # an open one holds ten files
