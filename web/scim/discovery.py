"""What the service tells of itself: configuration, resource types and schemas."""

from collections.abc import Sequence
from typing import Any

from scim2_models import Context, Meta, NotFoundException, Resource

from admin.provisioning.models import provider
from web.scim.replies import Reply, list_reply, resource_reply
from web.scim.requests import Call


class Discovery:
    """The three addresses of RFC 7644, 4."""

    def __init__(self) -> None:
        self._provider = provider()

    def config(self, call: Call) -> Reply:
        """Return what the service can do."""
        config = self._provider.config
        if config is None:
            raise NotFoundException
        return _single(config, call, "ServiceProviderConfig", "")

    def resource_types(self, call: Call) -> Reply:
        """Return the kinds of resources."""
        return _all(self._provider.resource_types, call, "ResourceType", "ResourceTypes")

    def resource_type(self, call: Call) -> Reply:
        """Return one kind of resource."""
        return _one(self._provider.resource_types, call, "ResourceType", "ResourceTypes")

    def schemas(self, call: Call) -> Reply:
        """Return the attributes of all kinds."""
        return _all(self._provider.schemas, call, "Schema", "Schemas")

    def schema(self, call: Call) -> Reply:
        """Return the attributes of one kind."""
        return _one(self._provider.schemas, call, "Schema", "Schemas")


def _all(found: Sequence[Resource[Any]], call: Call, kind: str, path: str) -> Reply:
    described = [_described(one, call, kind, f"/{path}/{one.id}") for one in found]
    return list_reply(described, call.base, total=len(described))


def _one(found: Sequence[Resource[Any]], call: Call, kind: str, path: str) -> Reply:
    for one in found:
        if one.id == call.object_id:
            return _single(one, call, kind, f"/{path}/{one.id}")
    raise NotFoundException


def _single(resource: Resource[Any], call: Call, kind: str, path: str) -> Reply:
    described = _described(resource, call, kind, path or f"/{kind}")
    return resource_reply(described, call.base, Context.RESOURCE_QUERY_RESPONSE)


def _described(resource: Resource[Any], call: Call, kind: str, path: str) -> Resource[Any]:
    copy = resource.model_copy(deep=True)
    copy.meta = Meta(resource_type=kind, location=f"{call.base}{path}")
    return copy
