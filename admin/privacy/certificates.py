"""Certificates of erasures: what was removed and searched, without a word about whom."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

KEPT_IDS = ("audit_events", "audit_subjects")
"""Tables of the sealed audit log, in which the bare id stays."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a search for name, address and id found once everything was removed.

    `in_documents` are rows of documents, and of answers made from them, that name the person; a
    document that has to go is erased by itself. `in_files` are names relative to the data
    directory. No file is searched for somebody whose name or address is part of another one's.
    """

    tables: int
    files: int
    words: int
    in_tables: Mapping[str, int]
    in_documents: int
    in_files: tuple[str, ...]
    ids_in_audit_log: int

    @property
    def is_clean(self) -> bool:
        """Whether nothing is left that documents do not explain."""
        return not self.in_tables and (not self.in_files or self.in_documents > 0)


@dataclass(frozen=True, slots=True)
class Certificate:
    """The receipt of one erasure; times are ISO 8601 in UTC, `counts` are rows by table.

    `sha256` is that of the others as JSON with sorted keys and without spaces.
    """

    id: str
    started_at: str
    finished_at: str
    is_own_wish: bool
    counts: Mapping[str, int]
    mentions_replaced: int
    ownerless_collections: int
    ownerless_documents: int
    searched: Mapping[str, Any]  # Any: see Findings
    is_complete: bool
    sha256: str = ""

    def sealed(self) -> "Certificate":
        """Return the same with its hash."""
        return replace(self, sha256=self.digest())

    def digest(self) -> str:
        """Return what the hash has to be."""
        content = {name: value for name, value in asdict(self).items() if name != "sha256"}
        text = json.dumps(content, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def as_json(self) -> bytes:
        """Return the file that people keep."""
        return json.dumps(asdict(self), indent=2, sort_keys=True).encode()
