"""Keeps vectors in files that a process of its own writes, which never sees text."""

from __future__ import annotations

import logging
import socket
import threading
import weakref
from contextlib import suppress
from queue import LifoQueue
from typing import TYPE_CHECKING, BinaryIO, cast

import core.errors
from core.child_process import end_child, start_child
from core.domain.ports import ScoredId
from core.errors import IndexUnavailable, SandboxError
from core.frames import read_frame, write_frame
from core.storage.disk_errors import disk_errors
from core.storage.keyword_files import remove_files
from core.storage.vectors.messages import Content, Task, as_ids, no_ids, pack, unpack

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Sequence
    from pathlib import Path

    from core.domain.ports import Vectors
    from core.frames import Header

logger = logging.getLogger(__name__)

# The number of parallel calls, so that a long one, such as an erasure, delays no search.
LANES = 8
TRIES = 2
# The C library fills memory when it is taken and given back, so that not even the vectors of
# erased passages are in what Chroma writes of unused memory: glibc, then macOS.
FILLED_MEMORY = {"MALLOC_PERTURB_": "165", "MallocScribble": "1", "MallocPreScribble": "1"}


class VectorProcess:
    """A VectorStore in a warm child; thread-safe.

    The child starts at the first call and ends with this process. If it is lost in the middle of
    a call, the call is made again to another one, which is why calls may be repeated.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._child: _Child | None = None

    @property
    def pid(self) -> int | None:
        """The process id of the child, None where none was started yet."""
        child = self._child
        return child.pid if child is not None else None

    def upsert(self, name: str, chunk_ids: Sequence[int], vectors: Vectors) -> None:
        self._call(Task.UPSERT, name, Content(as_ids(chunk_ids), vectors))

    def delete(self, name: str, chunk_ids: Sequence[int]) -> None:
        self._call(Task.DELETE, name, Content(as_ids(chunk_ids)))

    def nearest(self, name: str, vector: Vectors, k: int) -> list[ScoredId]:
        reply = self._call(Task.NEAREST, name, Content(no_ids(), vector[None, :]), k=k)
        scores = reply.vectors.ravel().tolist()
        return [ScoredId(*hit) for hit in zip(reply.ids.tolist(), scores, strict=True)]

    def ids(self, name: str) -> set[int]:
        return set(self._call(Task.IDS, name).ids.tolist())

    def known(self, name: str, chunk_ids: Sequence[int]) -> set[int]:
        return set(self._call(Task.KNOWN, name, Content(as_ids(chunk_ids))).ids.tolist())

    def vectors(self, name: str, chunk_ids: Sequence[int]) -> dict[int, Vectors]:
        reply = self._call(Task.VECTORS, name, Content(as_ids(chunk_ids)))
        return dict(zip(reply.ids.tolist(), reply.vectors, strict=True))

    def drop(self, name: str) -> None:
        self._call(Task.DROP, name)

    def names(self) -> list[str]:
        header, _ = self._exchange({"task": Task.NAMES, "name": "", "k": 0}, Content())
        return list(header["names"])

    def replace(self, name: str) -> None:
        self._call(Task.REPLACE, name)

    def set_aside(self) -> None:
        """Rename the folder, so that the next call begins with an empty one."""
        self.close()
        with disk_errors("The vector index"):
            remove_files(self._aside)
            if self._folder.exists():
                self._folder.rename(self._aside)

    def remove_set_aside(self) -> None:
        with disk_errors("The vector index"):
            remove_files(self._aside)

    @property
    def _aside(self) -> Path:
        return self._folder.with_name(f"{self._folder.name}-damaged")

    def reopen(self) -> None:
        """End the child; the next call starts a new one, which reads what is on disk by then."""
        self.close()

    def close(self) -> None:
        """End the child; the next call starts a new one."""
        with self._lock:
            child, self._child = self._child, None
        if child is not None:
            child.end()

    def _call(
        self, task: Task, name: str, content: Content | None = None, *, k: int = 0
    ) -> Content:
        header, body = self._exchange({"task": task, "name": name, "k": k}, content or Content())
        return unpack(header, body)

    def _exchange(self, request: Header, content: Content) -> tuple[Header, bytes]:
        packed, body = pack(content)
        for attempt in range(1, TRIES + 1):
            child = self._warm()
            try:
                header, reply = child.exchange({**request, **packed}, body)
            except (EOFError, OSError) as error:
                self._leave(child)
                logger.warning("vector process lost attempt=%s", attempt)
                lost = error
            else:
                _raise_for(header)
                return header, reply
        raise IndexUnavailable(
            "The process of the vector index ended unexpectedly. Try again. If this happens "
            "again, tell an administrator."
        ) from lost

    def _warm(self) -> _Child:
        with self._lock:
            if self._child is None:
                self._child = _Child(self._folder)
            return self._child

    def _leave(self, child: _Child) -> None:
        with self._lock:
            if self._child is child:
                self._child = None
        child.end()


class _Child:
    """The process and its lanes; a lane serves one call at a time."""

    def __init__(self, folder: Path) -> None:
        pairs = [socket.socketpair() for _ in range(LANES)]
        theirs = [pair[1] for pair in pairs]
        ours = [pair[0] for pair in pairs]
        self._free: LifoQueue[BinaryIO] = LifoQueue()
        for connection in ours:
            self._free.put(cast("BinaryIO", connection.makefile("rwb")))
        descriptors = [connection.fileno() for connection in theirs]
        process = start_child(
            "core.storage.vectors.worker",
            [folder.absolute(), *descriptors],
            descriptors=descriptors,
            environment=FILLED_MEMORY,
        )
        for connection in theirs:
            connection.close()
        self.pid = process.pid
        # Runs even if nobody calls `end`, at the latest when this process ends.
        self._end = weakref.finalize(self, _end, process, ours)

    def exchange(self, header: Header, body: bytes) -> tuple[Header, bytes]:
        """Send a call and return its reply; raise EOFError or OSError if the process is lost."""
        lane = self._free.get()
        try:
            write_frame(lane, header, body)
            return read_frame(lane)
        finally:
            self._free.put(lane)

    def end(self) -> None:
        """End the child; waiting calls raise that it is lost. May be called again."""
        self._end()


def _end(process: subprocess.Popen[bytes], sockets: Sequence[socket.socket]) -> None:
    end_child(process)
    for connection in sockets:
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()


def _raise_for(header: Header) -> None:
    if "raised" in header:
        kind: object = getattr(core.errors, header["raised"], None)
        if isinstance(kind, type) and issubclass(kind, SandboxError):
            raise kind(header["message"])
        raise IndexUnavailable(header["message"])
    if "failed" in header:
        logger.error("vector index failed error=%s", header["failed"])
        raise IndexUnavailable(
            "The vector index cannot be read or written right now. Try again. If this happens "
            "again, tell an administrator."
        )
