"""Embeds many passages in a child process of low priority, so that questions stay fast."""

from __future__ import annotations

import logging
import subprocess
import threading
from typing import TYPE_CHECKING

import numpy as np
import orjson

from core.child_process import end_child, start_child
from core.domain.ports import EmbeddedPassages
from core.errors import ModelUnavailable
from core.frames import read_frame, write_frame

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.domain.ports import Spans, Vectors
    from core.models.embeddings import OnnxEmbedder

logger = logging.getLogger(__name__)

TRIES = 2


class EmbeddingProcess:
    """The embedder it is given, with its bulk work done in a warm child; thread-safe.

    Single questions and token counts stay in this process, which has the model loaded for them
    anyway. The child starts at first use, ends with this process, and is replaced once if it is
    lost in the middle of a batch.
    """

    def __init__(self, embedder: OnnxEmbedder, *, niceness: int) -> None:
        self._embedder = embedder
        self._niceness = niceness
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dimension(self) -> int:
        return self._embedder.dimension

    @property
    def child_pid(self) -> int | None:
        """The process that embeds in bulk; None before the first batch and after a child's end."""
        return self._child.pid if self._child else None

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Return an array of shape (len(texts), dimension), rows of length 1."""
        return self.embed_with_sentences(texts, [()] * len(texts)).passages

    def embed_with_sentences(
        self, texts: Sequence[str], spans: Sequence[Spans]
    ) -> EmbeddedPassages:
        """Embed as OnnxEmbedder does; raise ModelUnavailable if the child is lost twice."""
        body = orjson.dumps(
            {"texts": list(texts), "spans": [list(sentence_spans) for sentence_spans in spans]}
        )
        with self._lock:
            for attempt in range(1, TRIES + 1):
                try:
                    return self._exchange(body)
                except (EOFError, OSError) as error:
                    self._end()
                    logger.warning("embedding process lost attempt=%s", attempt)
                    lost = error
        raise ModelUnavailable(
            "The process that embeds documents ended unexpectedly, perhaps because memory ran "
            "out. Try again."
        ) from lost

    def embed_query(self, text: str) -> Vectors:
        """Return an array of shape (dimension,), length 1; in this process."""
        return self._embedder.embed_query(text)

    def count_tokens(self, text: str) -> int:
        """Count the word pieces of `text`, in this process."""
        return self._embedder.count_tokens(text)

    def close(self) -> None:
        """End the child; the next batch starts a new one."""
        child = self._child
        if child is not None:
            # First, and without the lock, so that a call waiting for a batch releases the lock.
            child.kill()
        with self._lock:
            self._end()

    def _exchange(self, body: bytes) -> EmbeddedPassages:
        if self._child is None or self._child.poll() is not None:
            self._end()
            folder, threads = self._embedder.folder, self._embedder.threads
            arguments = (folder.resolve(), threads, self._niceness)
            self._child = start_child("core.models.embedding_worker", arguments)
        assert self._child.stdin is not None  # noqa: S101  for mypy
        assert self._child.stdout is not None  # noqa: S101  for mypy
        write_frame(self._child.stdin, {}, body)
        header, packed = read_frame(self._child.stdout)
        return _unpacked(header["counts"], packed, self.dimension)

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            end_child(child)


def packed(embedded: EmbeddedPassages) -> tuple[list[int], bytes]:
    """Return how many sentences each passage has, then all vectors, those of the passages first."""
    counts = [len(vectors) for vectors in embedded.sentences]
    return counts, b"".join(v.tobytes() for v in (embedded.passages, *embedded.sentences))


def _unpacked(counts: list[int], content: bytes, dimension: int) -> EmbeddedPassages:
    vectors = np.frombuffer(content, dtype=np.float32).reshape(-1, dimension)
    ends = np.cumsum([len(counts), *counts])
    passages, *sentences = np.split(vectors, ends[:-1]) if counts else (vectors,)
    return EmbeddedPassages(passages, tuple(sentences))
