"""Presents the reply of a server that does not stream as a stream of one piece."""

from __future__ import annotations

import json

import httpx2


def as_event_stream(response: httpx2.Response) -> httpx2.Response:
    """Return the response itself, or its whole JSON reply as server-sent events."""
    if response.status_code != httpx2.codes.OK or media_type(response) != "application/json":
        return response
    body = response.read()
    return httpx2.Response(
        response.status_code,
        headers={"content-type": "text/event-stream"},
        content=_events(body),
        request=response.request,
    )


def media_type(response: httpx2.Response) -> str:
    """Return the media type of a response, lower case, without its parameters."""
    return response.headers.get("content-type", "").partition(";")[0].strip().lower()


def _events(body: bytes) -> bytes:
    """Return one event with the answer or the error; the bytes as they are if they are neither."""
    try:
        reply = json.loads(body)
    except ValueError:
        return body
    if not isinstance(reply, dict) or not reply.keys() & {"choices", "error"}:
        return body
    if isinstance(reply.get("choices"), list):
        reply["choices"] = [_as_delta(choice) for choice in reply["choices"]]
        reply["object"] = "chat.completion.chunk"
    return f"data: {json.dumps(reply)}\n\ndata: [DONE]\n\n".encode()


def _as_delta(choice: object) -> object:
    if isinstance(choice, dict) and "message" in choice:
        return {**choice, "delta": choice["message"]}
    return choice
