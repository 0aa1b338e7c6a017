"""The embedding child: embeds one batch after another from a pipe, at low priority.

Started by core.models.embedding_process as
`python -m core.models.embedding_worker FOLDER THREADS NICENESS`.
"""

import os
import sys
from pathlib import Path

import orjson

from core.child_process import lower_priority
from core.frames import read_frame, write_frame
from core.models.embedding_process import packed
from core.models.embeddings import OnnxEmbedder


def main() -> None:
    """Serve until the pipe is closed."""
    folder, threads, niceness = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    lower_priority(niceness)
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    embedder = OnnxEmbedder(folder, threads)
    while True:
        try:
            _, body = read_frame(requests)
        except EOFError:
            return
        batch = orjson.loads(body)
        counts, vectors = packed(embedder.embed_with_sentences(batch["texts"], batch["spans"]))
        write_frame(replies, {"counts": counts}, vectors)


if __name__ == "__main__":
    main()
