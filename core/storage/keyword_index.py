"""Keyword search with tantivy: one small index per collection, ids and terms only."""

import re
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

import tantivy

from core.domain.ports import KeywordEntry, ScoredId, TermFrequencies

WRITER_HEAP_BYTES = 50_000_000
# Bumped when the schema or the analyzer changes, so that an old index is never misread.
SCHEMA_VERSION = "1"
# Order numbers, form names and paragraph signs: kept whole beside their stemmed parts.
IDENTIFIER = re.compile(r"\b(?=[\w./-]*\d)\w+(?:[./-]\w+)+\b")


class TantivyKeywordIndex:
    """BM25 search (k1 1.2, b 0.75, tantivy's constants) over stemmed English words."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: dict[str, tantivy.Index] = {}
        self._lock = threading.Lock()
        self._analyzer = _words()

    def add(self, collection_id: str, entries: Sequence[KeywordEntry]) -> None:
        """Adds or replaces entries and makes them searchable before it returns."""
        index = self._open(collection_id)
        with self._lock:
            writer = index.writer(WRITER_HEAP_BYTES, num_threads=1)
            _delete(index, writer, [entry.chunk_id for entry in entries])
            for entry in entries:
                writer.add_document(_document(entry))
            _commit(index, writer)

    def remove(self, collection_id: str, chunk_ids: Sequence[int]) -> None:
        """Removes entries; unknown ids are ignored."""
        index = self._open(collection_id)
        with self._lock:
            writer = index.writer(WRITER_HEAP_BYTES, num_threads=1)
            _delete(index, writer, chunk_ids)
            _commit(index, writer)

    def search(self, collection_id: str, query: str, k: int) -> list[ScoredId]:
        """The k best chunks by BM25, best first; empty if no query term is known."""
        index = self._open(collection_id)
        terms = self._terms(index, query)
        if not terms:
            return []
        searcher = index.searcher()
        any_term = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
        hits = searcher.search(any_term, k, count=False).hits
        ids = _chunk_ids(searcher, [address for _, address in hits])
        return [ScoredId(i, float(s)) for i, (s, _) in zip(ids, hits, strict=True)]

    def terms(self, text: str) -> list[str]:
        """The index terms of a text in order: lower case, stemmed, without stop words."""
        return self._analyzer.analyze(text)

    def frequencies(self, collection_id: str, terms: Sequence[str]) -> TermFrequencies:
        """Document frequencies of analysed terms; unknown terms count 0."""
        searcher = self._open(collection_id).searcher()
        counts = {term: searcher.doc_freq("words", term) for term in dict.fromkeys(terms)}
        return TermFrequencies(searcher.num_docs, counts)

    def ids(self, collection_id: str) -> set[int]:
        """All chunk ids in the index."""
        searcher = self._open(collection_id).searcher()
        if searcher.num_docs == 0:
            return set()
        hits = searcher.search(tantivy.Query.all_query(), searcher.num_docs, count=False).hits
        return set(_chunk_ids(searcher, [address for _, address in hits]))

    def drop(self, collection_id: str) -> None:
        """Removes the whole index of a collection, if there is one."""
        with self._lock:
            self._opened.pop(collection_id, None)
            shutil.rmtree(self._path(collection_id), ignore_errors=True)

    def _open(self, collection_id: str) -> tantivy.Index:
        with self._lock:
            if collection_id not in self._opened:
                path = self._path(collection_id)
                path.mkdir(parents=True, exist_ok=True)
                index = tantivy.Index(_schema(), str(path))
                index.register_tokenizer("words", self._analyzer)
                self._opened[collection_id] = index
            return self._opened[collection_id]

    def _terms(self, index: tantivy.Index, query: str) -> list[tantivy.Query]:
        words = dict.fromkeys(self._analyzer.analyze(query))
        identifiers = dict.fromkeys(_identifiers(query))
        return [
            tantivy.Query.term_query(index.schema, field, term, "freq")
            for field, terms in (("words", words), ("identifiers", identifiers))
            for term in terms
        ]

    def _path(self, collection_id: str) -> Path:
        return self._folder / f"{collection_id}-v{SCHEMA_VERSION}"


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("chunk_id", indexed=True, fast=True)
    builder.add_text_field("words", tokenizer_name="words", index_option="freq")
    builder.add_text_field("identifiers", tokenizer_name="raw", index_option="freq")
    return builder.build()


def _words() -> tantivy.TextAnalyzer:
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(60))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stopword("english"))
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


def _document(entry: KeywordEntry) -> tantivy.Document:
    # add_unsigned and add_text only: integers passed to the constructor as keyword arguments
    # become signed values and stop the writer.
    text = "\n".join((entry.title, entry.headings, entry.text))
    document = tantivy.Document()
    document.add_unsigned("chunk_id", entry.chunk_id)
    document.add_text("words", text)
    for identifier in _identifiers(text):
        document.add_text("identifiers", identifier)
    return document


def _identifiers(text: str) -> list[str]:
    return [match.group().lower() for match in IDENTIFIER.finditer(text)]


def _delete(index: tantivy.Index, writer: tantivy.IndexWriter, chunk_ids: Sequence[int]) -> None:
    # By query: delete_documents_by_term builds a signed term, which never equals an unsigned one.
    if chunk_ids:
        among = tantivy.Query.term_set_query(index.schema, "chunk_id", list(chunk_ids))
        writer.delete_documents_by_query(among)


def _chunk_ids(searcher: tantivy.Searcher, addresses: list[tantivy.DocAddress]) -> list[int]:
    values = searcher.fast_field_values("chunk_id", addresses)
    return [int(value) for value in values if value is not None]


def _commit(index: tantivy.Index, writer: tantivy.IndexWriter) -> None:
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
