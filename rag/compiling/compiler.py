"""Answers kinds of questions from whole documents, tables and lists, word for word."""

from collections.abc import Sequence

from sqlmodel import Session

from core.domain.answers import Source
from core.domain.knowledge import Chunk, Collection
from core.domain.ports import KeywordIndex, WeightedText
from core.storage.queries.chunks import hydrate, passages_of
from core.storage.queries.versions import (
    NamedDocument,
    documents_named,
    passages_in_order,
    version_before,
)
from rag.compiling.changes import PASSAGES_NEEDED, changes
from rag.compiling.comparison import both_sides, rows_of_both
from rag.compiling.compilation import Compilation, Section
from rag.compiling.definitions import definitions
from rag.compiling.lists import around, whole_lists
from rag.compiling.outline import outline
from rag.compiling.titles import MOST_DOCUMENTS, Titles
from rag.finding.retrieval import HybridRetriever
from rag.finding.rewriting import SearchQuery
from rag.kinds.recognition import Kind, QuestionKind
from rag.kinds.reply import Reply, items

MOST_PASSAGES = 600
"""Passages of a document that are looked at: some 300 pages."""
PASSAGES_FOUND = 16
PASSAGES_WITH_WORDS = 24
DOCUMENTS_READ = 5
DOCUMENTS_OFFERED = 8

NOT_A_LIST = "No table or list of “{subject}” was found, so there may be more than these passages."
SEVERAL = "Several documents may be meant by “{name}”. Ask about one of them:"
NO_CHANGES = (
    "“{title}”, uploaded on {day}, has no section on changes, and there is no earlier version that "
    "it can be compared with."
)


class Compiler:
    """The answers to kinds of questions that are put together without a language model."""

    def __init__(self, retriever: HybridRetriever, keywords: KeywordIndex) -> None:
        self._retriever = retriever
        self._keywords = keywords
        self._titles = Titles(keywords, retriever.synonyms)

    def compile(
        self, kind: QuestionKind, collections: Sequence[Collection]
    ) -> Compilation | Reply | None:
        """Return the answer, None where passages have to be searched and read for it.

        A reply offers the documents that may be meant, or says that there is nothing to compare.
        Only the collections given are looked at: those that the person may read.
        """
        if not collections:
            return None
        match kind.kind:
            case Kind.SUMMARISE:
                return self._of_document(kind.subject, collections, is_change=False)
            case Kind.CHANGED:
                return self._of_document(kind.subject, collections, is_change=True)
            case Kind.LIST:
                return self._listed(kind.subject, collections)
            case Kind.DEFINE:
                return definitions(kind.subject, self._about(kind.subject, collections))
            case Kind.COMPARE:
                return self._compared(kind, collections)
            case _:
                return None

    def document(self, name: str, collections: Sequence[Collection]) -> NamedDocument | None:
        """Return the document that is called so, None if there are none or several."""
        ids = [collection.id for collection in collections]
        with self._retriever.database.read() as session:
            found = self._titles.find(session, name, ids)
        return found[0] if len(found) == 1 else None

    def passages(self, document: NamedDocument, collections: Sequence[Collection]) -> list[Chunk]:
        """Return the first passages of a document in their order."""
        with self._retriever.database.read() as session:
            ids = [collection.id for collection in collections]
            return passages_in_order(session, document, ids, limit=MOST_PASSAGES)

    def files(self, collections: Sequence[Collection]) -> list[NamedDocument]:
        """Return the documents that can be found in these collections, the oldest first."""
        ids = [collection.id for collection in collections]
        with self._retriever.database.read() as session:
            found = documents_named(session, ids, (), limit=MOST_DOCUMENTS)
        return sorted(found, key=lambda document: (document.uploaded_at, document.id))

    def outlines(
        self, documents: Sequence[NamedDocument], collections: Sequence[Collection]
    ) -> Compilation | None:
        """Return the outlines of whole documents, each under its title; None if none has any."""
        terms = self._keywords.terms
        sections: list[Section] = []
        for document in documents:
            passages = self.passages(document, collections)
            is_whole = len(passages) < MOST_PASSAGES
            compiled = outline(document, passages, terms, is_whole=is_whole)
            sections += compiled.sections if compiled else ()
        return Compilation(tuple(sections)) if sections else None

    def _of_document(
        self, name: str, collections: Sequence[Collection], *, is_change: bool
    ) -> Compilation | Reply | None:
        ids = [collection.id for collection in collections]
        with self._retriever.database.read() as session:
            found = self._titles.find(session, name, ids)
            if len(found) > 1:
                return _offered(name, found)
            if not found:
                return None
            [document] = found
            if is_change:
                return self._changed(session, document, ids)
            passages = passages_in_order(session, document, ids, limit=MOST_PASSAGES)
        is_whole = len(passages) < MOST_PASSAGES
        return outline(document, passages, self._keywords.terms, is_whole=is_whole)

    def _changed(
        self, session: Session, document: NamedDocument, ids: Sequence[str]
    ) -> Compilation | Reply:
        passages = passages_in_order(session, document, ids, limit=PASSAGES_NEEDED)
        before = version_before(session, document, ids, limit=PASSAGES_NEEDED)
        compiled = changes(document, passages, before, self._keywords.terms)
        if compiled is not None and any(section.excerpts for section in compiled.sections):
            return compiled
        if compiled is not None:  # no sentence differs
            return Reply(compiled.sections[0].note, frozenset({_source(document)}))
        day = f"{document.uploaded_at.day} {document.uploaded_at:%B %Y}"
        text = NO_CHANGES.format(title=document.title, day=day)
        return Reply(text, frozenset({_source(document)}))

    def _listed(self, subject: str, collections: Sequence[Collection]) -> Compilation | None:
        found = self._about(subject, collections)
        ids = [collection.id for collection in collections]
        versions = list(dict.fromkeys(chunk.version_id for chunk in found))[:DOCUMENTS_READ]
        with self._retriever.database.read() as session:
            passages = [
                passage
                for version in versions
                for passage in passages_of(
                    session, version, ids, is_ready=True, limit=MOST_PASSAGES
                )
            ]
        near = around(passages, {chunk.id for chunk in found})
        return whole_lists(subject, near, self._keywords.terms)

    def _compared(
        self, kind: QuestionKind, collections: Sequence[Collection]
    ) -> Compilation | None:
        first, second = both_sides(kind.subject, kind.other)
        found = {c.id: c for side in (first, second) for c in self._found(side, collections)}
        return rows_of_both(first, second, list(found.values()), self._keywords.terms)

    def _about(self, subject: str, collections: Sequence[Collection]) -> list[Chunk]:
        """Return the passages nearest to a subject, then those that have its words."""
        ids = [collection.id for collection in collections]
        found = self._found(subject, collections)
        hits = self._keywords.search(ids, [WeightedText(subject)], PASSAGES_WITH_WORDS)
        with self._retriever.database.read() as session:
            others = hydrate(session, [hit.chunk_id for hit in hits], ids)
        ranked = [others[hit.chunk_id] for hit in hits if hit.chunk_id in others]
        return list({chunk.id: chunk for chunk in [*found, *ranked]}.values())

    def _found(self, subject: str, collections: Sequence[Collection]) -> list[Chunk]:
        query = SearchQuery(subject)
        retrieved = self._retriever.retrieve_from(collections, query, PASSAGES_FOUND)
        return [hit.chunk for hit in retrieved.chunks]


def _offered(name: str, documents: Sequence[NamedDocument]) -> Reply:
    shown = documents[:DOCUMENTS_OFFERED]
    text = f"{SEVERAL.format(name=name)}\n\n{items([document.title for document in shown])}"
    return Reply(text, frozenset(map(_source, shown)))


def _source(document: NamedDocument) -> Source:
    return Source(document.id, document.collection_id)
