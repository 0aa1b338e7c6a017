"""SCIM replies: resources with their addresses, lists, and errors in the error schema."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import scim2_models
from pydantic import ValidationError
from scim2_models import (
    Context,
    Error,
    ListResponse,
    Reference,
    Resource,
    ResponseParameters,
    SCIMException,
)
from starlette.responses import Response

from admin.provisioning.models import ScimGroup, ScimPerson
from core.errors import (
    AccessDenied,
    Conflict,
    InvalidInput,
    NameTaken,
    NotFound,
    SandboxError,
    SignInFailed,
    StorageUnavailable,
    TooManyAttempts,
)

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/scim+json"
PATHS: dict[type[Resource[Any]], str] = {ScimPerson: "Users", ScimGroup: "Groups"}
Parameters = ResponseParameters[Any]  # Any: of any resource


_Head = ListResponse[ScimPerson | ScimGroup]
"""The head of a list; its resources are written one by one, so that an empty list is one too."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The status, the body as JSON (None: empty), and headers."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def response(self) -> Response:
        """Return the HTTP response."""
        content = b"" if self.body is None else json.dumps(self.body).encode()
        headers = {"Cache-Control": "no-store", **self.headers}
        return Response(content, self.status, headers, MEDIA_TYPE)


def resource_reply(
    resource: Resource[Any], base: str, context: Context, parameters: Parameters | None = None
) -> Reply:
    """Return a resource with its address and its version; 201 where it was created."""
    located(resource, base)
    headers = {}
    if resource.meta is not None and resource.meta.location:
        headers["Location"] = resource.meta.location
    if resource.meta is not None and resource.meta.version:
        headers["ETag"] = resource.meta.version
    status = 201 if context is Context.RESOURCE_CREATION_RESPONSE else 200
    body = resource.model_dump(scim_ctx=context, response_parameters=parameters)
    return Reply(status, body, headers)


def list_reply(
    resources: Sequence[Resource[Any]],
    base: str,
    *,
    total: int,
    start: int = 1,
    parameters: Parameters | None = None,
) -> Reply:
    """Return a part of a list; `total` counts all of it."""
    for resource in resources:
        located(resource, base)
    context = Context.RESOURCE_QUERY_RESPONSE
    head = _Head(total_results=total, start_index=start, items_per_page=len(resources)).model_dump(
        scim_ctx=context
    )
    bodies = [r.model_dump(scim_ctx=context, response_parameters=parameters) for r in resources]
    return Reply(200, {**head, "Resources": bodies})


def located(resource: Resource[Any], base: str) -> None:
    """Write the addresses of a person or group, and of those that they name."""
    path = PATHS.get(type(resource))
    if path is not None and resource.meta is not None:
        resource.meta.location = f"{base}/{path}/{resource.id}"
    if isinstance(resource, ScimGroup):
        for member in resource.members or ():
            member.ref = Reference[scim2_models.User[Any]](f"{base}/Users/{member.value}")
    if isinstance(resource, ScimPerson):
        for group in resource.groups or ():
            group.ref = Reference[scim2_models.Group](f"{base}/Groups/{group.value}")


def error_reply(error: Exception) -> Reply:
    """Return what went wrong in the error schema; what nobody expected is logged, and 500."""
    headers = {}
    match error:
        case SCIMException():
            found = error.to_error()
        case ValidationError():
            found = Error.from_validation_errors(error)[0]
        case SandboxError():
            found = _meaning(error)
        case _:
            logger.error("a SCIM request failed", exc_info=error)
            found = Error(status=500, detail="The request failed. Nothing was changed.")
    if found.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="SCIM"'
    return Reply(found.status or 400, found.model_dump(), headers)


def _meaning(error: SandboxError) -> Error:
    status, keyword = 500, None
    match error:
        case NameTaken():
            status, keyword = 409, "uniqueness"
        case Conflict():
            status = 409
        case InvalidInput():
            status, keyword = 400, "invalidValue"
        case NotFound():
            status = 404
        case SignInFailed():
            status = 401
        case AccessDenied():
            status = 403
        case TooManyAttempts():
            status = 429
        case StorageUnavailable():
            status = 503
        case _:
            logger.error("a SCIM request failed", exc_info=error)
    return Error(status=status, scim_type=keyword, detail=str(error))
