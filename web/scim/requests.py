"""What a SCIM request holds: a token, a body of bounded size, and parameters."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from scim2_models import InvalidSyntaxException, PayloadTooLargeException, SCIMException
from starlette.requests import Request

from admin.provisioning.tokens import ScimClient

MOST_BYTES = 2**20
MEDIA_TYPES = frozenset({"", "application/scim+json", "application/json"})
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class UnsupportedMediaType(SCIMException):
    """The body is not JSON."""

    status = 415
    _default_detail = "Send application/scim+json."


@dataclass(frozen=True, slots=True)
class Call:
    """A request of a known identity provider; `body` is parsed JSON, None without one."""

    client: ScimClient
    base: str
    object_id: str
    parameters: Mapping[str, str]
    body: object
    if_match: str
    if_none_match: str


def bearer_token(request: Request) -> str:
    """Return the token of the header Authorization, empty without one."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


async def body_of(request: Request) -> object:
    """Return the parsed body; raise SCIMException if it is too large or not JSON."""
    if request.method not in WITH_BODY:
        return None
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        raise UnsupportedMediaType
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MOST_BYTES:
            raise PayloadTooLargeException(detail=f"A request holds at most {MOST_BYTES} bytes.")
    try:
        return json.loads(content.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise InvalidSyntaxException(detail="The body is not JSON.") from error


def _refuse(word: str) -> None:
    raise ValueError(word)
