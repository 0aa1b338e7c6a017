"""Keeps passages and earlier answers from a provider that may not receive their class."""

from collections.abc import Iterable, Sequence

from core.domain.answers import GuardEffect, RetrievedChunk, Turn
from core.domain.knowledge import Chunk, Sensitivity
from core.storage.database import Database
from core.storage.queries.collections import classes_of, highest_class
from rag.writing.draft import AnswerDraft


class PassageClasses:
    """The classes that the language model and the embedding service may receive at most.

    A document that the database no longer knows counts as restricted.
    """

    def __init__(self, database: Database, model: Sensitivity, embeddings: Sensitivity) -> None:
        self._database = database
        self._model = model
        self._embeddings = embeddings

    def note_if_private(self, draft: AnswerDraft, chunks: Sequence[Chunk]) -> bool:
        """Return whether the model may not receive all of these passages; then note the class."""
        private = self.private(chunks)
        if private:
            draft.guarded[GuardEffect.WITHHELD, highest_class(private).value] = len(private)
        return bool(private)

    def private(self, chunks: Sequence[Chunk]) -> list[Sensitivity]:
        """Return the class of each passage that the model may not receive."""
        classes = self._classes({chunk.document_id for chunk in chunks})
        return [c for chunk in chunks if (c := classes[chunk.document_id]).is_above(self._model)]

    def sendable(self, history: Sequence[Turn]) -> list[Turn]:
        """Return the conversation without answers that stand on documents of a higher class."""
        documents = {source.document_id for turn in history for source in turn.sources}
        classes = self._classes(documents)
        return [
            turn
            for turn in history
            if not any(classes[s.document_id].is_above(self._model) for s in turn.sources)
        ]

    def readable_again(
        self, draft: AnswerDraft, hits: Sequence[RetrievedChunk]
    ) -> tuple[RetrievedChunk, ...]:
        """Return the passages whose sentences may be embedded; note the class of the others.

        Only an embedding service on another machine has a limit.
        """
        if self._embeddings is Sensitivity.RESTRICTED:
            return tuple(hits)
        classes = self._classes({hit.chunk.document_id for hit in hits})
        of_hits = [(hit, classes[hit.chunk.document_id]) for hit in hits]
        kept = tuple(hit for hit, c in of_hits if not c.is_above(self._embeddings))
        private = [c for _, c in of_hits if c.is_above(self._embeddings)]
        if private:
            draft.guarded[GuardEffect.LEFT_OUT, highest_class(private).value] = len(private)
        return kept

    def _classes(self, document_ids: Iterable[str]) -> dict[str, Sensitivity]:
        ids = set(document_ids)
        with self._database.read() as session:
            known = classes_of(session, ids) if ids else {}
        return {id_: known.get(id_, Sensitivity.RESTRICTED) for id_ in ids}
