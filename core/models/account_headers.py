"""Keeps what the environment says of an OpenAI account out of requests to other providers."""

from typing import Any


def drop_account_headers(request: Any) -> None:  # Any: of the HTTP library openai chose
    """Removes what the client reads from OPENAI_ORG_ID and OPENAI_PROJECT_ID."""
    for name in ("OpenAI-Organization", "OpenAI-Project"):
        request.headers.pop(name, None)
