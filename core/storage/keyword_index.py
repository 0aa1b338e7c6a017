"""Keyword search with tantivy: one small index per collection, ids and terms only."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import tantivy

from core.domain.batches import batched
from core.domain.bm25 import inverse_document_frequency
from core.domain.ports import KeywordEntry, ScoredId, TermFrequencies, WeightedText
from core.errors import DiskUnavailable, IndexDamaged
from core.storage.index_terms import identifiers, indexed_text, word_analyzer
from core.storage.keyword_files import keyword_errors, remove_files, require_intact

WRITER_HEAP_BYTES = 50_000_000
REBUILT_TOGETHER = 1_000
# Bumped when the schema or the analyzer changes, so that an old index is never misread.
SCHEMA_VERSION = "1"

_Term = tuple[str, str]
"""A field of the index and a term in it."""


@dataclass(frozen=True, slots=True)
class _Statistics:
    """The number of chunks in an index, and for each term the number of those with it."""

    chunk_count: int
    frequencies: dict[_Term, int]


class TantivyKeywordIndex:
    """BM25 search (k1 1.2, b 0.75, tantivy's constants) over stemmed English words.

    Raises IndexDamaged where files cannot be read, and DiskUnavailable.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: dict[str, tantivy.Index] = {}
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._analyzer = word_analyzer()

    @keyword_errors()
    def add(self, collection_id: str, entries: Sequence[KeywordEntry]) -> None:
        """Add or replace entries and make them searchable before it returns."""
        with self._writing:
            index = self._open(collection_id)
            writer = index.writer(WRITER_HEAP_BYTES, num_threads=1)
            _delete(index, writer, [entry.chunk_id for entry in entries])
            for entry in entries:
                writer.add_document(_document(entry))
            _commit(index, writer)

    @keyword_errors()
    def remove(self, collection_id: str, chunk_ids: Sequence[int]) -> None:
        """Remove entries; unknown ids are ignored."""
        with self._writing:
            index = self._open(collection_id)
            writer = index.writer(WRITER_HEAP_BYTES, num_threads=1)
            _delete(index, writer, chunk_ids)
            _commit(index, writer)

    @keyword_errors()
    def search(
        self, collection_ids: Sequence[str], query: Sequence[WeightedText], k: int
    ) -> list[ScoredId]:
        """Return the k best chunks of these collections by BM25, best first.

        tantivy weighs a word by how rare it is in one index. With several, each word is boosted to
        the weight it would have in one index of all passages; only the average length of a passage
        stays that of its own index.
        """
        weights = self._weights(query)
        statistics = [
            self._statistics(collection_id, list(weights)) for collection_id in collection_ids
        ]
        count = sum(f.chunk_count for f in statistics)
        holding = {term: sum(f.frequencies[term] for f in statistics) for term in weights}
        hits: list[ScoredId] = []
        for collection_id, local in zip(collection_ids, statistics, strict=True):
            boosts = {
                term: weights[term]
                * inverse_document_frequency(count, holding[term])
                / inverse_document_frequency(local.chunk_count, n)
                for term, n in local.frequencies.items()
                if n
            }
            hits.extend(self._search(collection_id, boosts, k))
        return sorted(hits, key=lambda hit: (-hit.score, hit.chunk_id))[:k]

    def terms(self, text: str) -> list[str]:
        """Return the index terms of a text in order: lower case, stemmed, without stop words."""
        return self._analyzer.analyze(text)

    @keyword_errors()
    def frequencies(self, collection_id: str, terms: Sequence[str]) -> TermFrequencies:
        """Return the document frequencies of analysed terms; unknown terms count 0."""
        searcher = self._open(collection_id).searcher()
        counts = {term: searcher.doc_freq("words", term) for term in dict.fromkeys(terms)}
        return TermFrequencies(searcher.num_docs, counts)

    @keyword_errors()
    def hold_together(self, collection_ids: Sequence[str], terms: Sequence[str]) -> bool:
        """Return whether one chunk of these collections holds all analysed terms; not for none."""
        return bool(terms) and any(self._holds_all(c, terms) for c in collection_ids)

    def _holds_all(self, collection_id: str, terms: Sequence[str]) -> bool:
        index = self._open(collection_id)
        all_terms = tantivy.Query.boolean_query(
            [
                (tantivy.Occur.Must, tantivy.Query.term_query(index.schema, "words", term, "freq"))
                for term in dict.fromkeys(terms)
            ]
        )
        return bool(index.searcher().search(all_terms, 1, count=False).hits)

    @keyword_errors()
    def ids(self, collection_id: str) -> set[int]:
        """Return all chunk ids in the index."""
        searcher = self._open(collection_id).searcher()
        if searcher.num_docs == 0:
            return set()
        hits = searcher.search(tantivy.Query.all_query(), searcher.num_docs, count=False).hits
        return set(_chunk_ids(searcher, [address for _, address in hits]))

    @keyword_errors()
    def known(self, collection_id: str, chunk_ids: Sequence[int]) -> set[int]:
        """Return those of `chunk_ids` that are in the index."""
        if not chunk_ids:
            return set()
        index = self._open(collection_id)
        searcher = index.searcher()
        among = tantivy.Query.term_set_query(index.schema, "chunk_id", list(chunk_ids))
        hits = searcher.search(among, len(chunk_ids), count=False).hits
        return set(_chunk_ids(searcher, [address for _, address in hits]))

    @keyword_errors()
    def rebuild(
        self, collection_id: str, entries_of: Callable[[Sequence[int]], Sequence[KeywordEntry]]
    ) -> None:
        """Write the index anew, so that no term of a removed entry stays in its files.

        `entries_of` gives the entries of some of its chunks; it may leave some out. Searches go on
        in the old files until the new ones take their place.
        """
        path = self._path(collection_id)
        beside = path.with_name(f"{path.name}.new")
        with self._writing:
            ids = sorted(self.ids(collection_id))
            remove_files(beside)
            self._fill(beside, (entries_of(batch) for batch in batched(ids, REBUILT_TOGETHER)))
            with self._lock:
                self._opened.pop(collection_id, None)
                remove_files(path)
                beside.rename(path)

    def _fill(self, folder: Path, entries: Iterable[Sequence[KeywordEntry]]) -> None:
        index = self._index_in(folder)
        writer = index.writer(WRITER_HEAP_BYTES, num_threads=1)
        for batch in entries:
            for entry in batch:
                writer.add_document(_document(entry))
        _commit(index, writer)

    def _index_in(self, folder: Path) -> tantivy.Index:
        folder.mkdir(parents=True, exist_ok=True)
        require_intact(folder)
        index = tantivy.Index(_schema(), str(folder))
        index.register_tokenizer("words", self._analyzer)
        return index

    @keyword_errors()
    def drop(self, collection_id: str) -> None:
        """Remove the whole index of a collection, if there is one."""
        with self._writing, self._lock:
            self._opened.pop(collection_id, None)
            if not self._folder.is_dir():  # a file in the place of the folder
                remove_files(self._folder)
            remove_files(self._path(collection_id))

    def drop_damaged(self, collection_id: str) -> bool:
        """Drop the index where its files cannot be read; return whether it did."""
        self.reopen()
        try:
            self.ids(collection_id)
        except (IndexDamaged, DiskUnavailable):
            self.drop(collection_id)
            return True
        return False

    def reopen(self) -> None:
        """Read all files anew, after another process wrote them."""
        with self._lock:
            self._opened.clear()

    def _open(self, collection_id: str) -> tantivy.Index:
        with self._lock:
            if collection_id not in self._opened:
                self._opened[collection_id] = self._index_in(self._path(collection_id))
            return self._opened[collection_id]

    def _weights(self, query: Sequence[WeightedText]) -> dict[_Term, float]:
        weights: dict[_Term, float] = {}
        for part in query:
            words = [("words", word) for word in self._analyzer.analyze(part.text)]
            identifier_terms = [
                ("identifiers", identifier) for identifier in identifiers(part.text)
            ]
            for term in (*words, *identifier_terms):
                weights[term] = max(weights.get(term, 0.0), part.weight)
        return weights

    def _statistics(self, collection_id: str, terms: Sequence[_Term]) -> _Statistics:
        searcher = self._open(collection_id).searcher()
        return _Statistics(searcher.num_docs, {t: searcher.doc_freq(*t) for t in terms})

    def _search(self, collection_id: str, boosts: dict[_Term, float], k: int) -> list[ScoredId]:
        if not boosts:
            return []
        index = self._open(collection_id)
        any_term = tantivy.Query.boolean_query(
            [(tantivy.Occur.Should, _boosted(index, term, boosts[term])) for term in boosts]
        )
        searcher = index.searcher()
        hits = searcher.search(any_term, k, count=False).hits
        ids = _chunk_ids(searcher, [address for _, address in hits])
        return [ScoredId(i, float(s)) for i, (s, _) in zip(ids, hits, strict=True)]

    def _path(self, collection_id: str) -> Path:
        return self._folder / f"{collection_id}-v{SCHEMA_VERSION}"


def _boosted(index: tantivy.Index, term: _Term, boost: float) -> tantivy.Query:
    field, word = term
    query = tantivy.Query.term_query(index.schema, field, word, "freq")
    return tantivy.Query.boost_query(query, boost)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("chunk_id", indexed=True, fast=True)
    builder.add_text_field("words", tokenizer_name="words", index_option="freq")
    builder.add_text_field("identifiers", tokenizer_name="raw", index_option="freq")
    return builder.build()


def _document(entry: KeywordEntry) -> tantivy.Document:
    # add_unsigned and add_text only: integers passed to the constructor as keyword arguments
    # become signed values and stop the writer.
    text = indexed_text(entry)
    document = tantivy.Document()
    document.add_unsigned("chunk_id", entry.chunk_id)
    document.add_text("words", text)
    for identifier in identifiers(text):
        document.add_text("identifiers", identifier)
    return document


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
