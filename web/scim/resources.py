"""What identity providers do with people and groups."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from scim2_models import Context, PatchOp, Resource, ResponseParameters, SearchRequest

from admin.provisioning.groups import ProvisionedGroups
from admin.provisioning.models import ScimGroup, ScimPerson
from admin.provisioning.pages import ScimPage
from admin.provisioning.payloads import patch_of, resource_of, says_active, search_of, shown_of
from admin.provisioning.people import ProvisionedPeople
from web.scim.replies import Reply, list_reply, resource_reply
from web.scim.requests import Call

R = TypeVar("R", bound=Resource[Any])  # Any: resources without extensions
QUERY = ("filter", "sortBy", "sortOrder", "startIndex", "count", "attributes", "excludedAttributes")


class Calls(ABC, Generic[R]):
    """The calls on one kind of resource, as web.scim.routes hands them over."""

    def __init__(self, model: type[R]) -> None:
        self._model = model

    def list(self, call: Call) -> Reply:
        """Return a page of resources that match a filter."""
        return self._found({n: v for n, v in call.parameters.items() if n in QUERY}, call)

    def search(self, call: Call) -> Reply:
        """Return the same, asked for in a body (RFC 7644, 3.4.3)."""
        return self._found(call.body, call)

    def get(self, call: Call) -> Reply:
        """Return one resource; 304 for a version that the caller has already."""
        wanted = self._shown(call)
        reply = resource_reply(
            self._get(call.object_id, wanted), call.base, Context.RESOURCE_QUERY_RESPONSE, wanted
        )
        known = [one.strip() for one in call.if_none_match.split(",")]
        if reply.headers.get("ETag") in known:
            return Reply(304, None, {"ETag": reply.headers["ETag"]})
        return reply

    def create(self, call: Call) -> Reply:
        """Create a resource."""
        wanted = resource_of(self._model, call.body, Context.RESOURCE_CREATION_REQUEST)
        created = self._create(call, wanted)
        return resource_reply(
            created, call.base, Context.RESOURCE_CREATION_RESPONSE, self._shown(call)
        )

    def replace(self, call: Call) -> Reply:
        """Put a resource in the place of another one."""
        wanted = resource_of(self._model, call.body, Context.RESOURCE_REPLACEMENT_REQUEST)
        replaced = self._replace(call, wanted)
        return resource_reply(
            replaced, call.base, Context.RESOURCE_REPLACEMENT_RESPONSE, self._shown(call)
        )

    def patch(self, call: Call) -> Reply:
        """Change parts of a resource."""
        patched = self._patch(call, patch_of(self._model, call.body))
        return resource_reply(
            patched, call.base, Context.RESOURCE_PATCH_RESPONSE, self._shown(call)
        )

    def delete(self, call: Call) -> Reply:
        """Delete a resource."""
        self._delete(call)
        return Reply(204)

    def _found(self, parameters: object, call: Call) -> Reply:
        request = search_of(self._model, parameters)
        page = self._page(request)
        return list_reply(
            page.resources, call.base, total=page.total, start=page.start, parameters=request
        )

    def _shown(self, call: Call) -> ResponseParameters[R]:
        """Return which attributes the caller wants to see."""
        names = ("attributes", "excludedAttributes")
        wanted: Mapping[str, str] = {n: v for n, v in call.parameters.items() if n in names}
        return shown_of(self._model, wanted)

    @abstractmethod
    def _page(self, request: SearchRequest[R]) -> ScimPage[R]: ...

    @abstractmethod
    def _get(self, object_id: str, wanted: ResponseParameters[R], /) -> R: ...

    @abstractmethod
    def _create(self, call: Call, wanted: R) -> R: ...

    @abstractmethod
    def _replace(self, call: Call, wanted: R) -> R: ...

    @abstractmethod
    def _patch(self, call: Call, wanted: PatchOp[R]) -> R: ...

    @abstractmethod
    def _delete(self, call: Call) -> None: ...


class PersonCalls(Calls[ScimPerson]):
    """Calls on people."""

    def __init__(self, people: ProvisionedPeople) -> None:
        super().__init__(ScimPerson)
        self._people = people

    def _page(self, request: SearchRequest[ScimPerson]) -> ScimPage[ScimPerson]:
        return self._people.list(request)

    def _get(self, object_id: str, _wanted: ResponseParameters[ScimPerson], /) -> ScimPerson:
        return self._people.get(object_id)

    def _create(self, call: Call, wanted: ScimPerson) -> ScimPerson:
        return self._people.create(call.client, wanted)

    def _replace(self, call: Call, wanted: ScimPerson) -> ScimPerson:
        if not says_active(call.body):
            wanted.active = None
        return self._people.replace(call.client, call.object_id, wanted, if_match=call.if_match)

    def _patch(self, call: Call, wanted: PatchOp[ScimPerson]) -> ScimPerson:
        return self._people.patch(call.client, call.object_id, wanted, if_match=call.if_match)

    def _delete(self, call: Call) -> None:
        self._people.delete(call.client, call.object_id, if_match=call.if_match)


class GroupCalls(Calls[ScimGroup]):
    """Calls on groups."""

    def __init__(self, groups: ProvisionedGroups) -> None:
        super().__init__(ScimGroup)
        self._groups = groups

    def patch(self, call: Call) -> Reply:
        """Change parts of a group; it is sent back only to those who name attributes.

        A group has thousands of members, and each of them may come in a request of its own.
        """
        reply = super().patch(call)
        is_wanted = {"attributes", "excludedAttributes"} & call.parameters.keys()
        return self.get(call) if is_wanted else Reply(204, None, reply.headers)

    def _page(self, request: SearchRequest[ScimGroup]) -> ScimPage[ScimGroup]:
        return self._groups.list(request, with_members=_shows_members(request))

    def _get(self, object_id: str, wanted: ResponseParameters[ScimGroup], /) -> ScimGroup:
        return self._groups.get(object_id, with_members=_shows_members(wanted))

    def _create(self, call: Call, wanted: ScimGroup) -> ScimGroup:
        return self._groups.create(call.client, wanted)

    def _replace(self, call: Call, wanted: ScimGroup) -> ScimGroup:
        return self._groups.replace(call.client, call.object_id, wanted, if_match=call.if_match)

    def _patch(self, call: Call, wanted: PatchOp[ScimGroup]) -> ScimGroup:
        return self._groups.patch(call.client, call.object_id, wanted, if_match=call.if_match)

    def _delete(self, call: Call) -> None:
        self._groups.delete(call.client, call.object_id, if_match=call.if_match)


def _shows_members(parameters: ResponseParameters[Any]) -> bool:
    """Return whether members are sent; reading them takes longest."""
    if parameters.attributes:
        return "members" in map(_head, parameters.attributes)
    return not any(
        _bare(path) == "members" for path in map(str, parameters.excluded_attributes or ())
    )


def _head(path: object) -> str:
    return _bare(str(path)).partition(".")[0]


def _bare(path: str) -> str:
    return path.lower().rpartition(":")[2]
