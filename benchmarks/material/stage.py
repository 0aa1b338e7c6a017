"""Puts documents and passages into the knowledge base of a measurement."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from sqlmodel import Session

from benchmarks.material.recombined import Recombined, SourceText
from bootstrap.services import Services
from core.domain.identity import SYSTEM
from core.domain.knowledge import DocumentState
from core.domain.ports import KeywordEntry
from core.settings import Settings
from core.storage.keyword_index import TantivyKeywordIndex
from core.storage.queries.sentences import store_sentences
from core.storage.tables import ChunkRow, DocumentRow, DocumentVersionRow
from core.storage.vectors.index import ChromaVectorIndex
from core.storage.vectors.opening import open_vectors

AT_ONCE = 2_000


def corpus(folder: Path) -> Iterator[SourceText]:
    """Yield the documents of a retrieval set in the layout of BEIR."""
    with (folder / "corpus.jsonl").open(encoding="utf-8") as lines:
        for record in map(json.loads, lines):
            yield SourceText(str(record["_id"]), record.get("title") or "", record["text"])


def store(services: Services, settings: Settings, passages: Sequence[Recombined]) -> None:
    """Put passages with their vectors into database and indexes, as the ingest would."""
    collection = services.collections.add(SYSTEM, "Passages", is_open=True)
    vectors = ChromaVectorIndex(open_vectors(settings.data_dir / "vectors", settings.vectors.url))
    keywords = TantivyKeywordIndex(settings.data_dir / "keywords")
    for start in range(0, len(passages), AT_ONCE):
        batch = passages[start : start + AT_ONCE]
        with services.database.begin() as session:
            ids = _store_rows(session, collection.id, batch, start)
        vectors.add(collection.id, ids, np.stack([passage.vector for passage in batch]))
        entries = [KeywordEntry(i, "", "", p.text) for i, p in zip(ids, batch, strict=True)]
        keywords.add(collection.id, entries)


def _store_rows(
    session: Session, collection_id: str, passages: Sequence[Recombined], start: int
) -> list[int]:
    document = DocumentRow(
        collection_id=collection_id, source_key=f"part-{start}", title=f"Part {start}"
    )
    session.add(document)
    session.flush()
    version = DocumentVersionRow(
        document_id=document.id,
        number=1,
        file_name=f"part-{start}.txt",
        media_type="text/plain",
        sha256="0" * 64,
        size_bytes=1,
        state=DocumentState.READY.value,
    )
    session.add(version)
    session.flush()
    document.current_version_id = version.id
    chunks = [
        _chunk(collection_id, document.id, version.id, n, p.text) for n, p in enumerate(passages)
    ]
    session.add_all(chunks)
    session.flush()
    ids = [chunk.id or 0 for chunk in chunks]
    store_sentences(session, ids, [passage.sentences for passage in passages])
    return ids


def _chunk(
    collection_id: str, document_id: str, version_id: str, number: int, text: str
) -> ChunkRow:
    return ChunkRow(
        collection_id=collection_id,
        document_id=document_id,
        version_id=version_id,
        ordinal=number,
        page_from=1,
        page_to=1,
        start=0,
        end=len(text),
        text=text,
        is_ready=True,
    )
