"""The instructions of the fake provider, and the bytes of its answers."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

# A numbered title line, then the passage; its headings are not sentences.
SOURCE_LINE = r"(?m)^\[(?P<number>\d+)\] .*\n(?:#.*\n|\s*\n)*(?P<text>[^#\s].*)$"
_SENTENCE_END = re.compile(r"(?<=[.!?])\s")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request as it arrived; header names are lower case."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    raw: bytes

    @property
    def prompt(self) -> str:
        """The texts of all messages, one after the other."""
        return "\n".join(str(message["content"]) for message in self.body.get("messages", ()))

    @property
    def question(self) -> str:
        """The text of the last message."""
        messages = self.body.get("messages") or [{"content": ""}]
        return str(messages[-1]["content"])


Answer = str | Callable[[Recorded], str]


@dataclass(frozen=True, slots=True)
class Reply:
    """The way one request is answered; the default is a whole answer with usage.

    `status` other than 200 sends an error object. `delay_s` is the silence before the first word,
    `pause_s` the one between words. `cut_after` closes the connection after that many events (the
    first holds no word), `stall_after` stays silent from there; `ends_silently` leaves out finish
    reason and [DONE] but ends the body properly. `raw` is sent instead of events. `endless` repeats
    the answer until the client goes away. `error` is the body of an error; a request with one of
    the parameters in `refuses` gets that error with status 400. `thoughts` come before the answer
    in a field of their own. `holds_headers` keeps the first line of the reply back as well until
    `delay_s` is over.
    """

    answer: Answer = "A short answer."
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    error_code: str = "fake_error"
    delay_s: float = 0.0
    holds_headers: bool = False
    pause_s: float = 0.0
    cut_after: int | None = None
    stall_after: int | None = None
    ends_silently: bool = False
    raw: bytes | None = None
    has_usage: bool = True
    cached_tokens: int = 0
    finish_reason: str = "stop"
    endless: bool = False
    error: Any = None  # Any: JSON
    refuses: tuple[str, ...] = ()
    repeats_raw: bool = False
    thoughts: str = ""
    content_type: str = "text/event-stream"


def grounded_echo(pattern: str = SOURCE_LINE) -> Callable[[Recorded], str]:
    """Return a function that answers with the first sentence of the lowest numbered source.

    The answer cites it. `pattern` needs the groups `number` and `text`; without any source the
    answer says so.
    """

    def answer(request: Recorded) -> str:
        sources = [(int(m["number"]), m["text"]) for m in re.finditer(pattern, request.prompt)]
        if not sources:
            return "The documents do not answer this."
        number, text = min(sources)
        sentence = _SENTENCE_END.split(text.strip())[0].rstrip(".!?")
        return f"{sentence} [{number}]."

    return answer


def _text(request: Recorded, reply: Reply) -> str:
    return reply.answer if isinstance(reply.answer, str) else reply.answer(request)


def embeddings(request: Recorded, reply: Reply) -> dict[str, Any]:
    """Return eight numbers per text, made of its bytes; the last text first, as is allowed."""
    data = [
        {"object": "embedding", "index": number, "embedding": list(_digest(text))}
        for number, text in enumerate(request.body["input"])
    ]
    found = {"object": "list", "model": request.body["model"], "data": data[::-1]}
    tokens = sum(len(text.split()) for text in request.body["input"])
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return found | {"usage": usage} if reply.has_usage else found


def _digest(text: str) -> Iterator[float]:
    return (byte - 127.5 for byte in hashlib.sha256(text.encode()).digest()[:8])


def events(request: Recorded, reply: Reply) -> Iterator[bytes]:
    """Yield the server-sent events of an answer; the first holds the role, then one per word."""
    if reply.raw is not None:
        yield reply.raw
        while reply.repeats_raw:
            yield reply.raw
        return
    text = _text(request, reply)
    yield _event(request, [_choice({"role": "assistant", "content": ""})])
    for thought in reply.thoughts.split():
        yield _event(request, [_choice({"content": None, "reasoning_content": thought})])
    while True:
        for word in re.findall(r"\s*\S+\s*$|\s*\S+", text):
            yield _event(request, [_choice({"content": word})])
        if not reply.endless:
            break
    if reply.ends_silently:
        return
    yield _event(request, [_choice({}, reply.finish_reason)])
    options = request.body.get("stream_options") or {}
    if reply.has_usage and options.get("include_usage"):
        yield _event(request, [], _usage(request, text, reply))
    yield b"data: [DONE]\n\n"


def _choice(delta: Mapping[str, str | None], finish_reason: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "finish_reason": finish_reason}


def _event(
    request: Recorded, choices: list[dict[str, Any]], usage: dict[str, Any] | None = None
) -> bytes:
    chunk = {
        "id": "chatcmpl-fake",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": request.body.get("model", "fake"),
        "choices": choices,
    }
    if usage:
        chunk["usage"] = usage
    return f"data: {json.dumps(chunk)}\n\n".encode()


def _usage(request: Recorded, text: str, reply: Reply) -> dict[str, Any]:
    """Count words: not what a tokenizer says, but easy to predict in a test."""
    prompt, completion = len(request.prompt.split()), len(text.split())
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": reply.cached_tokens},
    }


def completion(request: Recorded, reply: Reply) -> dict[str, Any]:
    text = _text(request, reply)
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": reply.finish_reason}
    return {
        "id": "chatcmpl-fake",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": request.body.get("model", "fake"),
        "choices": [choice],
        "usage": _usage(request, text, reply) if reply.has_usage else None,
    }
