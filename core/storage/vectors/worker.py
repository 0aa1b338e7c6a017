"""The process in which Chroma writes its files; it sees ids and vectors, never a word.

Chroma writes its graphs with their unused capacity, which is memory that was never filled. In the
app that memory would hold pieces of questions, documents and keys.
"""

from __future__ import annotations

import os
import resource
import socket
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

import numpy as np

from core.errors import SandboxError
from core.frames import read_frame, write_frame
from core.storage.vectors.messages import Content, Task, as_ids, pack, unpack
from core.storage.vectors.store import ChromaStore, open_chroma

if TYPE_CHECKING:
    from core.frames import Header


GRAPHS_IN_MEMORY = 200
"""More than collections are searched together; each chat with files has an index as well."""
FILES_OF_GRAPH = 5


def main(folder: Path, descriptors: list[int]) -> None:
    """Serve each of these sockets in a thread, until the app closes one or ends."""
    _bound_memory()
    store = ChromaStore(lambda: open_chroma(folder))
    lanes = [
        threading.Thread(target=_serve, args=(store, descriptor)) for descriptor in descriptors
    ]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()


def _bound_memory() -> None:
    """Have Chroma hold the graphs in memory that were used last, instead of those of all indexes.

    It holds a fifth as many as files may be open; the smallest takes 2.8 MB.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = GRAPHS_IN_MEMORY * FILES_OF_GRAPH
    if soft == resource.RLIM_INFINITY or soft > wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _serve(store: ChromaStore, descriptor: int) -> None:
    with socket.socket(fileno=descriptor) as lane, lane.makefile("rwb") as stream:
        while True:
            try:
                header, body = read_frame(stream)
                write_frame(stream, *_reply(store, header, body))
            except (EOFError, OSError):
                # Exit at once, even during other calls: the next app may be writing already.
                os._exit(0)


def _reply(store: ChromaStore, header: Header, body: bytes) -> tuple[Header, bytes]:
    task, name = Task(header["task"]), str(header["name"])
    try:
        return _done(store, task, name, header["k"], unpack(header, body))
    except SandboxError as error:
        return {"raised": type(error).__name__, "message": str(error)}, b""
    except Exception as error:  # noqa: BLE001  whatever it is, the app hears of it
        return {"failed": f"{type(error).__name__}: {error}"}, b""


def _done(
    store: ChromaStore, task: Task, name: str, k: int, content: Content
) -> tuple[Header, bytes]:
    ids: list[int] = content.ids.tolist()
    match task:
        case Task.UPSERT:
            store.upsert(name, ids, content.vectors)
        case Task.DELETE:
            store.delete(name, ids)
        case Task.NEAREST:
            hits = store.nearest(name, content.vectors[0], k)
            scores = np.array([[hit.score] for hit in hits], dtype=np.float32)
            return pack(Content(as_ids(hit.chunk_id for hit in hits), scores))
        case Task.IDS:
            return pack(Content(as_ids(store.ids(name))))
        case Task.KNOWN:
            return pack(Content(as_ids(store.known(name, ids))))
        case Task.VECTORS:
            vectors = store.vectors(name, ids)
            return pack(
                Content(as_ids(vectors), np.array(list(vectors.values()), dtype=np.float32))
            )
        case Task.DROP:
            store.drop(name)
        case Task.REPLACE:
            store.replace(name)
        case Task.NAMES:
            return {"names": store.names()}, b""
        case _:
            assert_never(task)
    return pack(Content())


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(descriptor) for descriptor in sys.argv[2:]])
