"""Another embedding model for a collection: built beside the live index, compared, swapped in."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

from core.domain.access import require_admin
from core.domain.clock import now
from core.domain.generations import GenerationState, IndexGeneration
from core.errors import Conflict, InvalidInput, NotFound, SandboxError
from core.storage.queries.audit import record_event
from core.storage.queries.collections import collection_by_id, shared_row
from core.storage.queries.generations import (
    building_ids,
    candidate_row,
    drop_sentences,
    generation_by_id,
    generation_rows,
    live_row,
    locked_collection,
    to_generation,
    to_measures,
)
from core.storage.tables import CollectionRow, IndexGenerationRow
from ingestion.indexing.filling import Filling, mark
from ingestion.reading.splitter import SPLITTER_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlmodel import Session

    from core.domain.generations import GenerationComparison
    from core.domain.identity import User
    from core.domain.knowledge import Collection
    from core.domain.ports import Embedders, VectorIndex
    from core.storage.database import Database

logger = logging.getLogger(__name__)

MAX_MODEL_NAME = 120
# Documents that become ready while the last passages are added need another round.
CATCH_UP_ROUNDS = 10
UNEXPECTED = "Something unexpected went wrong. See the log for details."


class Compare(Protocol):
    """A comparison of two generations of a collection's index by the same questions."""

    def __call__(
        self, user: User, live: Collection, candidate: IndexGeneration, /
    ) -> GenerationComparison: ...


class Reembedding:
    """The service for administrators; `run`, `accept` and `roll_back` must own the indexes.

    Until a generation is accepted, answers come from the live one, which does not change.
    """

    def __init__(
        self, database: Database, vectors: VectorIndex, embedders: Embedders, compare: Compare
    ) -> None:
        self._database = database
        self._vectors = vectors
        self._embedders = embedders
        self._compare = compare
        self._filling = Filling(database, vectors, embedders)

    def generations(self, user: User, collection_id: str) -> list[IndexGeneration]:
        """Return all generations of a collection, by number; raises NotFound."""
        require_admin(user)
        with self._database.read() as session:
            rows = [to_generation(row) for row in generation_rows(session, collection_id)]
            return rows or [_only_one(session, collection_id)]

    def start(self, user: User, collection_id: str, model: str) -> IndexGeneration:
        """Asks for a generation of another model, or again for one that failed; `run` builds it.

        Raises ConfigurationError if the model cannot be loaded, InvalidInput for the live model,
        Conflict if another generation is being built or waits.
        """
        require_admin(user)
        embedder = self._embedders.get(model.strip())
        if len(embedder.name) > MAX_MODEL_NAME:
            raise InvalidInput("The model path is too long; at most 120 characters are allowed.")
        with self._database.begin() as session:
            shared_row(session, collection_id)
            collection = locked_collection(session, collection_id)
            if embedder.name == collection.embedding_model:
                raise InvalidInput(f"The current index already uses “{embedder.name}”.")
            row = _started(session, user, collection, (embedder.name, embedder.dimension))
            if not row.passages_total:
                # Numbers are reused, also after a discard that a crash cut short.
                self._vectors.drop(collection_id, generation=row.number)
            record_event(session, user, "index.build", row.id, number=row.number)
            return to_generation(row)

    def unfinished(self) -> Sequence[str]:
        """Return the ids of the generations that `run` has to build."""
        with self._database.read() as session:
            return building_ids(session)

    def run(self, generation_id: str) -> Iterator[int]:
        """Build a generation, or resume building it; yield the number of passages done.

        An error becomes the state and reason of the generation and is raised.
        """
        try:
            yield from self._filling.fill(generation_id)
            with self._database.begin() as session:
                mark(session, generation_id, GenerationState.BUILT)
        except NotFound:  # discarded meanwhile
            return
        except Exception as error:  # marked as failed, then raised again
            reason = str(error) if isinstance(error, SandboxError) else UNEXPECTED
            logger.warning("build failed id=%s error=%s", generation_id, type(error).__name__)
            with self._database.begin() as session:
                mark(session, generation_id, GenerationState.FAILED, reason)
            raise

    def compare(self, user: User, generation_id: str) -> GenerationComparison:
        """Measures a built generation beside the live one and stores the result.

        Raises Conflict if it is not complete yet.
        """
        require_admin(user)
        with self._database.read() as session:
            row = _built(generation_by_id(session, generation_id))
            collection = collection_by_id(session, row.collection_id)
        comparison = self._compare(user, collection, to_generation(row))
        with self._database.begin() as session:
            generation_by_id(session, generation_id).measures = to_measures(comparison)
            record_event(session, user, "index.compare", generation_id, cases=comparison.cases)
        return comparison

    def accept(self, user: User, generation_id: str) -> IndexGeneration:
        """Make answers come from this generation from now on; the old one is kept.

        Raises Conflict if it is not built, or if documents change faster than it catches up.
        """
        require_admin(user)
        with self._database.read() as session:
            _built(generation_by_id(session, generation_id))
        return self._go_live(user, generation_id, "index.accept", GenerationState.RETIRED)

    def roll_back(self, user: User, collection_id: str) -> IndexGeneration:
        """Make answers come from the previous generation again; the current one waits as built.

        Raises NotFound if no generation was retired.
        """
        require_admin(user)
        with self._database.read() as session:
            rows = generation_rows(session, collection_id)
        retired = [row for row in rows if row.state == GenerationState.RETIRED]
        if not retired:
            raise NotFound("This collection has no previous index to roll back to.")
        newest = max(retired, key=lambda row: (row.accepted_at or row.created_at, row.number))
        return self._go_live(user, newest.id, "index.roll_back", GenerationState.BUILT)

    def discard(self, user: User, generation_id: str) -> None:
        """Drop a generation with its vectors; raises Conflict for the live one."""
        require_admin(user)
        with self._database.begin() as session:
            row = generation_by_id(session, generation_id)
            locked_collection(session, row.collection_id)
            if row.state == GenerationState.LIVE:
                raise Conflict("Answers use this index. Accept another one first.")
            drop_sentences(session, row.collection_id, row.number)
            session.delete(row)
            record_event(session, user, "index.discard", row.id, number=row.number)
        self._vectors.drop(row.collection_id, generation=row.number)

    def _go_live(
        self, user: User, generation_id: str, action: str, old_state: GenerationState
    ) -> IndexGeneration:
        for _ in range(CATCH_UP_ROUNDS):
            for _done in self._filling.fill(generation_id):
                pass
            with self._database.begin() as session:
                row = generation_by_id(session, generation_id)
                collection = locked_collection(session, row.collection_id)
                if any(self._filling.gap(session, row)):
                    continue
                _swap(session, collection, row, old_state)
                record_event(session, user, action, row.id, number=row.number)
                return to_generation(row)
        raise Conflict("The documents change too fast for the index to catch up. Try again later.")


def _swap(
    session: Session,
    collection: CollectionRow,
    row: IndexGenerationRow,
    old_state: GenerationState,
) -> None:
    live_row(session, collection).state = old_state.value
    row.state, row.accepted_at = GenerationState.LIVE.value, now()
    collection.generation = row.number
    collection.embedding_model = row.embedding_model
    collection.embedding_dimension = row.embedding_dimension


def _started(
    session: Session, user: User, collection: CollectionRow, model: tuple[str, int]
) -> IndexGenerationRow:
    live_row(session, collection)
    candidate = candidate_row(session, collection.id)
    if candidate is not None:
        if candidate.state != GenerationState.FAILED or candidate.embedding_model != model[0]:
            raise Conflict(
                f"This collection already has another index ({candidate.embedding_model}). Accept "
                "or discard it first."
            )
        candidate.state, candidate.reason = GenerationState.BUILDING.value, ""
        return candidate
    row = IndexGenerationRow(
        collection_id=collection.id,
        number=1 + max(generation.number for generation in generation_rows(session, collection.id)),
        embedding_model=model[0],
        embedding_dimension=model[1],
        splitter_version=SPLITTER_VERSION,
        state=GenerationState.BUILDING.value,
        created_by=user.id or None,
    )
    session.add(row)
    session.flush()
    return row


def _built(row: IndexGenerationRow) -> IndexGenerationRow:
    if row.state != GenerationState.BUILT:
        raise Conflict("This index is not built yet, or it is already in use.")
    return row


def _only_one(session: Session, collection_id: str) -> IndexGeneration:
    row = shared_row(session, collection_id)
    return IndexGeneration(
        id="",
        collection_id=row.id,
        number=row.generation,
        embedding_model=row.embedding_model,
        embedding_dimension=row.embedding_dimension,
        state=GenerationState.LIVE,
        passages_done=0,
        passages_total=0,
        created_at=row.created_at,
    )
