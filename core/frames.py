"""Messages between the app and its children: a JSON header and a body, each with its length."""

import json
import struct
from typing import Any, Protocol

LENGTHS = struct.Struct(">IQ")
Header = dict[str, Any]  # Any: JSON values


class Readable(Protocol):
    """The reading end of a pipe or socket."""

    def read(self, count: int, /) -> bytes: ...


class Writable(Protocol):
    """The writing end of a pipe or socket."""

    def write(self, content: bytes, /) -> int: ...

    def flush(self) -> None: ...


def write_frame(stream: Writable, header: Header, body: bytes = b"") -> None:
    """Write one message and flush it."""
    encoded = json.dumps(header).encode()
    stream.write(LENGTHS.pack(len(encoded), len(body)))
    stream.write(encoded)
    stream.write(body)
    stream.flush()


def read_frame(stream: Readable) -> tuple[Header, bytes]:
    """Read one message; raise EOFError if the other side is gone."""
    header_length, body_length = LENGTHS.unpack(_exactly(stream, LENGTHS.size))
    header: Header = json.loads(_exactly(stream, header_length))
    return header, _exactly(stream, body_length)


def _exactly(stream: Readable, count: int) -> bytes:
    received = stream.read(count)
    if len(received) < count:
        raise EOFError("the other side closed the pipe")
    return received
