"""Messages between the app and its children: a JSON header and a body, each with its length."""

import json
import struct
from typing import IO, Any

LENGTHS = struct.Struct(">IQ")
Header = dict[str, Any]  # Any: JSON values


def write_frame(stream: IO[bytes], header: Header, body: bytes = b"") -> None:
    """Writes one message and flushes it."""
    encoded = json.dumps(header).encode()
    stream.write(LENGTHS.pack(len(encoded), len(body)))
    stream.write(encoded)
    stream.write(body)
    stream.flush()


def read_frame(stream: IO[bytes]) -> tuple[Header, bytes]:
    """Raises EOFError if the other side is gone."""
    header_length, body_length = LENGTHS.unpack(_exactly(stream, LENGTHS.size))
    header: Header = json.loads(_exactly(stream, header_length))
    return header, _exactly(stream, body_length)


def _exactly(stream: IO[bytes], count: int) -> bytes:
    received = stream.read(count)
    if len(received) < count:
        raise EOFError("the other side closed the pipe")
    return received
