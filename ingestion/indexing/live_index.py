"""The generation of its vector index that a collection answers from, and the model of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from core.errors import IndexUnavailable
from core.storage.tables import CollectionRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session

    from core.domain.ports import Embedder, Embedders
    from core.storage.database import Database


@dataclass(frozen=True, slots=True)
class LiveIndex:
    """The generation that answers, and the model that its vectors must come from."""

    generation: int
    embedder: Embedder


class LiveIndexes:
    """The live index of each collection, looked up at the moment it is needed."""

    def __init__(
        self, database: Database, default: Embedder, embedders: Embedders | None = None
    ) -> None:
        """Take the `default` embedder, which serves all collections where `embedders` is None."""
        self._database = database
        self._default = default
        self._embedders = embedders

    def of(self, collection_id: str) -> LiveIndex:
        """Return the live index of a collection; raises ConfigurationError without its model."""
        with self._database.read() as session:
            row = session.get(CollectionRow, collection_id)
        if row is None or self._embedders is None:
            return LiveIndex(row.generation if row else 1, self._default)
        return LiveIndex(row.generation, self._embedders.get(row.embedding_model))


def require_live(session: Session, generations: Mapping[str, int]) -> None:
    """Raise IndexUnavailable unless these generations, by collection id, still answer.

    They keep answering until the transaction ends.
    """
    live = session.exec(
        select(CollectionRow.id, CollectionRow.generation)
        .where(col(CollectionRow.id).in_(sorted(generations)))
        .with_for_update(read=True)
    ).all()
    if any(generations[collection_id] != number for collection_id, number in live):
        raise IndexUnavailable(
            "The collection switched to another index while the document was being indexed. "
            "Try again."
        )
