"""The differences there can be between the database, the two indexes and the originals."""

from dataclasses import dataclass, fields

Ids = frozenset[int]
NONE: Ids = frozenset()


@dataclass(frozen=True, slots=True)
class CollectionFindings:
    """The counts of one collection, and the ids of everything that is wrong in it.

    `chunks` counts the passages that should answer. A document is lost if the version that should
    answer is not there, and half deleted if its deletion was begun and never finished.
    """

    collection_id: str
    name: str
    documents: int = 0
    chunks: int = 0
    vectors: int = 0
    keywords: int = 0
    unfinished: int = 0
    vectors_missing: Ids = NONE
    vectors_orphaned: Ids = NONE
    keywords_missing: Ids = NONE
    keywords_orphaned: Ids = NONE
    sentences_missing: Ids = NONE
    stale_chunks: Ids = NONE
    broken_versions: tuple[str, ...] = ()
    leftover_versions: tuple[str, ...] = ()
    lost_documents: tuple[str, ...] = ()
    half_deleted: tuple[str, ...] = ()
    originals_missing: tuple[str, ...] = ()
    originals_damaged: tuple[str, ...] = ()

    @property
    def wrong(self) -> dict[str, int]:
        """How many of each kind are wrong, by field name, without those that are 0."""
        counts = {f.name: getattr(self, f.name) for f in fields(self)}
        return {n: len(v) for n, v in counts.items() if isinstance(v, frozenset | tuple) and v}

    @property
    def is_ok(self) -> bool:
        return not self.wrong

    @property
    def orphans(self) -> int:
        """Index entries without a passage that should answer."""
        return len(self.vectors_orphaned) + len(self.keywords_orphaned)

    @property
    def missing(self) -> frozenset[int]:
        """Passages that at least one index lacks, or whose sentences were never embedded."""
        return self.vectors_missing | self.keywords_missing | self.sentences_missing


@dataclass(frozen=True, slots=True)
class Report:
    """The findings in all checked collections, and the originals that no version uses."""

    collections: tuple[CollectionFindings, ...]
    originals_orphaned: tuple[str, ...] = ()

    @property
    def is_ok(self) -> bool:
        return not self.originals_orphaned and all(findings.is_ok for findings in self.collections)


@dataclass(frozen=True, slots=True)
class Repairs:
    """The result of a repair, and what is still wrong after it."""

    report: Report
    entries_removed: int = 0
    chunks_indexed: int = 0
    versions_read_again: int = 0
    deletions_finished: int = 0
    originals_removed: int = 0
