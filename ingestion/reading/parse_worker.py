"""The parser child: reads one file after another from a pipe, under memory and time limits.

It is started by ingestion.reading.sandboxed as
`python -m ingestion.reading.parse_worker MEGABYTES SECONDS NICENESS [TOKENIZER]`.
"""

import math
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import IO

from core.child_process import lower_priority
from core.domain.knowledge import ParsedDocument
from core.errors import UnreadableDocument
from core.frames import Header, read_frame, write_frame
from ingestion.files.media import MediaType
from ingestion.reading.preparation import Prepared, Reading, prepared

Reply = tuple[Header, bytes]


def main() -> None:
    """Serve until the pipe is closed."""
    megabytes, seconds, niceness = int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    requests, replies = _private_pipes()
    lower_priority(niceness)
    _limit_memory(megabytes)
    while True:
        try:
            request, body = read_frame(requests)
        except EOFError:
            return
        _limit_processor_time(seconds)
        for header, result in _replies(request, body):
            write_frame(replies, header, result)
            if header["status"] == "memory":
                return


def _private_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """Keep the pipes from parsers that read or print, which get the null device instead."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    return requests, replies


def _replies(request: Header, body: bytes) -> Iterator[Reply]:
    """Yield one reply, and another where reading more of the file may lose the first."""
    if request["task"] == "page_image":
        yield _answer(partial(_page_image, request, body))
        return
    reader = _FileReader(request, body)
    header, result = _answer(reader.read)
    has_more = header["status"] in ("ok", "unreadable") and reader.may_hold_more()
    yield {**header, "has_more": has_more}, result
    if has_more:
        yield _answer(reader.read_more)


def _answer(work: Callable[[], Reply]) -> Reply:
    try:
        return work()
    except UnreadableDocument as error:
        return {"status": "unreadable", "reason": str(error)}, b""
    except MemoryError:
        return {"status": "memory"}, b""
    except Exception as error:  # noqa: BLE001  whatever a parser raises belongs to this one file
        # Only frames and type, since the message of an exception may quote the document.
        frames = "".join(traceback.format_tb(error.__traceback__))
        return {"status": "crashed", "error": type(error).__name__, "frames": frames}, b""


def _page_image(request: Header, body: bytes) -> Reply:
    from ingestion.reading.pdf_image import page_image

    image = page_image(body, request["page"], request["quotes"])
    if image is None:
        return {"status": "ok", "is_found": False}, b""
    places = {"size": image.size, "marks": image.marks, "words": image.words}
    return {"status": "ok", "is_found": True, **places}, image.png


class _FileReader:
    """The reader of one file: first with its parser, then for what else pypdf finds in a PDF."""

    def __init__(self, request: Header, body: bytes) -> None:
        self._request = request
        self._body = body
        self._document: ParsedDocument | None = None
        self._prepared: Prepared | None = None

    def read(self) -> Reply:
        """Read the file with its parser; raises UnreadableDocument with the cause."""
        from ingestion.parsers.registry import parser_for

        parse = parser_for(MediaType(self._request["media_type"]))
        self._document = parse(self._body, self._request["file_name"])
        return self._reply(self._document)

    def may_hold_more(self) -> bool:
        """Tells whether a second look is worth its time."""
        if self._request["media_type"] != MediaType.PDF.value:
            return False
        from ingestion.parsers.pdf.more import may_hold_more

        return may_hold_more(self._body, self._document)

    def read_more(self) -> Reply:
        """Read what else is in the file; prepares it again only if its text grew."""
        from ingestion.parsers.pdf.more import with_more

        name = self._request["file_name"]
        return self._reply(with_more(self._body, name, self._document))

    def _reply(self, document: ParsedDocument) -> Reply:
        if self._request["task"] != "prepare":
            from ingestion.reading.wire import encode_document

            return {"status": "ok"}, encode_document(document)
        from ingestion.reading.wire import encode_prepared

        first = self._document
        if self._prepared and first and first.text == document.text:
            return {"status": "ok"}, encode_prepared(_relabelled(self._prepared, document))
        self._prepared = _prepared(self._request, document)
        return {"status": "ok"}, encode_prepared(self._prepared)


def _relabelled(prepared: Prepared, document: ParsedDocument) -> Prepared:
    """Return what was prepared of the same text, with the page labels of `document`."""
    pages = zip(prepared.document.pages, document.pages, strict=True)
    labelled = tuple(replace(page, label=other.label) for page, other in pages)
    shown = replace(prepared.document, pages=labelled, left_out=document.left_out)
    return replace(prepared, document=shown)


def _prepared(request: Header, document: ParsedDocument) -> Prepared:
    reading = Reading(
        MediaType(request["media_type"]),
        request["file_name"],
        request["title"],
        request["external_id"],
    )
    return prepared(document, reading, _token_counter())


@cache
def _token_counter() -> Callable[[str], int]:
    """Return a counter that agrees with core.models.embeddings, from the same file."""
    # One file is read at a time, and extra threads would count as memory.
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(Path(sys.argv[4])))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def _limit_memory(megabytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the wall clock still holds.
        return
    size = megabytes * 2**20
    with suppress(ValueError):  # macOS refuses it; there the wall clock and the others hold.
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # A parser has nothing to write to disk.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _limit_processor_time(seconds: float) -> None:
    """End a loop even if the app that should kill it is gone."""
    try:
        import resource
    except ImportError:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    allowed = math.ceil(usage.ru_utime + usage.ru_stime + seconds + 5)
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, most))


if __name__ == "__main__":
    main()
