"""Parsers in a killable child process, so that a hostile file costs only its own time."""

import logging
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.child_process import end_child, start_child
from core.domain.knowledge import PageImage, ParsedDocument
from core.errors import UnreadableDocument
from core.frames import Header, read_frame, write_frame
from ingestion.files.media import MediaType
from ingestion.reading.preparation import Prepared, Reading
from ingestion.reading.wire import decode_document, decode_prepared

logger = logging.getLogger(__name__)

Reply = tuple[Header, bytes]
FILES_PER_CHILD = 200


@dataclass(frozen=True, slots=True)
class SandboxLimits:
    """The limits for reading one file."""

    seconds: float = 60.0
    memory_megabytes: int = 1024


class SandboxedParser:
    """A warm child that reads files and draws pages, one call after the other.

    The child is replaced after a crash, after a time-out and after 200 files. `tokenizer` is the
    tokenizer.json of the embedding model, needed to prepare; `niceness` is added to the child's
    own, so that reading many files leaves the processor to those who ask questions.
    """

    def __init__(
        self,
        limits: SandboxLimits | None = None,
        *,
        tokenizer: Path | None = None,
        niceness: int = 0,
    ) -> None:
        self._limits = limits or SandboxLimits()
        self._tokenizer = tokenizer
        self._niceness = niceness
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._served = 0

    def parse(self, media_type: MediaType, content: bytes, file_name: str) -> ParsedDocument:
        """Parse in the child; raises UnreadableDocument with the cause, limits included."""
        request = {"task": "parse", "media_type": media_type.value, "file_name": file_name}
        _, body = self._call(request, content)
        return decode_document(body)

    def prepare(self, reading: Reading, content: bytes) -> Prepared:
        """Prepare in the child; raises UnreadableDocument like `parse`."""
        request = {
            "task": "prepare",
            "media_type": reading.media_type.value,
            "file_name": reading.file_name,
            "title": reading.title,
            "external_id": reading.external_id,
        }
        _, body = self._call(request, content)
        return decode_prepared(body)

    def page_image(
        self, content: bytes, page_number: int, quotes: Sequence[str]
    ) -> PageImage | None:
        """Draw a PDF page with the quotes marked; None if there is no such page."""
        request = {"task": "page_image", "page": page_number, "quotes": list(quotes)}
        header, body = self._call(request, content)
        if not header["is_found"]:
            return None
        words = tuple(header["words"]) if header["words"] else None
        return PageImage(body, tuple(header["size"]), tuple(map(tuple, header["marks"])), words)

    @property
    def child_pid(self) -> int | None:
        """The process that reads; None before the first file and after a child has ended."""
        return self._child.pid if self._child else None

    def close(self) -> None:
        """End the child; the next call starts a new one."""
        with self._lock:
            self._end_child()

    def _call(self, request: Header, body: bytes) -> Reply:
        with self._lock:
            header, result = self._exchange(self._warm_child(), request, body)
        match header["status"]:
            case "ok":
                return header, result
            case "unreadable":
                raise UnreadableDocument(header["reason"])
            case "memory":
                raise UnreadableDocument(self._memory_reason())
            case _:
                logger.error(
                    "parser failed error=%s at=\n%s", header.get("error"), header.get("frames")
                )
                raise UnreadableDocument(
                    "The file could not be read and is probably damaged. Open it in its own "
                    "program, save it again and upload it."
                )

    def _exchange(self, child: subprocess.Popen[bytes], request: Header, body: bytes) -> Reply:
        """Return the child's reply; if two are announced, the first stands if the second fails."""
        assert child.stdin is not None  # noqa: S101  for mypy
        assert child.stdout is not None  # noqa: S101  for mypy
        timed_out = threading.Event()
        watchdog = threading.Timer(self._limits.seconds, _kill, (child, timed_out))
        watchdog.start()
        first: Reply | None = None
        try:
            write_frame(child.stdin, request, body)
            reply = read_frame(child.stdout)
            if reply[0].get("has_more"):
                first = reply
                reply = read_frame(child.stdout)
        except (EOFError, OSError) as error:
            self._end_child()
            reason = self._loss_reason(is_late=timed_out.is_set())
            if first is None:
                raise UnreadableDocument(reason) from error
            logger.warning("what else is in a file was not read reason=%s", reason)
            return first
        finally:
            watchdog.cancel()
        self._served += 1
        if self._served >= FILES_PER_CHILD or reply[0]["status"] in ("memory", "crashed"):
            self._end_child()
        return reply if first is None else _better(first, reply)

    def _warm_child(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self._end_child()
            self._child = self._start_child()
        return self._child

    def _start_child(self) -> subprocess.Popen[bytes]:
        limits = (self._limits.memory_megabytes, self._limits.seconds, self._niceness)
        tokenizer = [self._tokenizer.resolve()] if self._tokenizer else []
        return start_child("ingestion.reading.parse_worker", (*limits, *tokenizer))

    def _end_child(self) -> None:
        child, self._child, self._served = self._child, None, 0
        if child is not None:
            end_child(child)

    def _loss_reason(self, *, is_late: bool) -> str:
        if is_late:
            return f"Reading the file took longer than {self._limits.seconds:g} seconds."
        return (
            "The file crashed its parser. It is damaged or needs more than "
            f"{self._limits.memory_megabytes} MB of memory."
        )

    def _memory_reason(self) -> str:
        megabytes = self._limits.memory_megabytes
        return f"Reading the file needs more than {megabytes} MB of memory. Split the file."


def _better(first: Reply, second: Reply) -> Reply:
    header = second[0]
    if header["status"] == "ok":
        return second
    logger.warning(
        "what else is in a file was not read status=%s error=%s at=\n%s",
        header["status"],
        header.get("error", ""),
        header.get("frames", ""),
    )
    return first


def _kill(child: subprocess.Popen[bytes], timed_out: threading.Event) -> None:
    timed_out.set()
    child.kill()
