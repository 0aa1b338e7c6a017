"""The addresses under /scim/v2, and what stands before each: token, rate, size of the body."""

import re
from collections.abc import Callable, Mapping

from scim2_models import NotFoundException, NotImplementedException, SCIMException
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from admin.provisioning.models import POLICY
from admin.provisioning.services import ScimServices
from admin.provisioning.tokens import ScimClient
from core.errors import TooManyAttempts
from web.paths import SCIM_BASE
from web.scim.discovery import Discovery
from web.scim.rate import RequestRate
from web.scim.replies import Reply, error_reply
from web.scim.requests import Call, bearer_token, body_of
from web.scim.resources import GroupCalls, PersonCalls

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OBJECT_ID = re.compile(r"[0-9a-f]{32}")

Act = Callable[[Call], Reply]


class MethodNotAllowed(SCIMException):
    """The address knows other methods."""

    status = 405
    _default_detail = "This method is not supported here."


class ScimRoutes:
    """All routes; each of them is closed without a live token."""

    def __init__(self, services: ScimServices, rate: RequestRate) -> None:
        self._tokens = services.tokens
        self._people = PersonCalls(services.people)
        self._groups = GroupCalls(services.groups)
        self._rate = rate

    def routes(self) -> list[Route]:
        """Return the routes; the last ones answer for every other address."""
        discovery = Discovery()
        routes = [
            self._route("/ServiceProviderConfig", GET=discovery.config),
            self._route("/ResourceTypes", GET=discovery.resource_types),
            self._route("/ResourceTypes/{scim_id}", GET=discovery.resource_type),
            self._route("/Schemas", GET=discovery.schemas),
            self._route("/Schemas/{scim_id}", GET=discovery.schema),
        ]
        for path, calls in (("/Users", self._people), ("/Groups", self._groups)):
            routes += [
                self._route(path, GET=calls.list, POST=calls.create),
                self._route(f"{path}/.search", POST=calls.search),
                self._route(
                    f"{path}/{{scim_id}}",
                    GET=_known(calls.get),
                    PUT=_known(calls.replace),
                    PATCH=_known(calls.patch),
                    DELETE=_known(calls.delete),
                ),
            ]
        missing = {"/Bulk": _unsupported, "/Me": _unsupported, "/.search": _unsupported}
        routes += [
            self._route(path, **dict.fromkeys(METHODS, act)) for path, act in missing.items()
        ]
        for path in ("", "/{scim_path:path}"):
            routes.append(self._route(path, **dict.fromkeys(METHODS, _nothing)))
        return routes

    def _route(self, path: str, **acts: Act) -> Route:
        async def answer(request: Request) -> Response:
            try:
                reply = await self._reply(request, acts)
            except Exception as error:  # noqa: BLE001  every answer has the form that SCIM has
                reply = error_reply(error)
                if isinstance(error, TooManyAttempts):
                    reply.headers["Retry-After"] = "1"
            return reply.response()

        return Route(f"{SCIM_BASE}{path}", answer, methods=METHODS)

    async def _reply(self, request: Request, acts: Mapping[str, Act]) -> Reply:
        client = await run_in_threadpool(self._client, request)
        act = acts.get(request.method)
        if act is None:
            raise MethodNotAllowed
        call = Call(
            client,
            base=f"{request.url.scheme}://{request.url.netloc}{SCIM_BASE}",
            object_id=str(request.path_params.get("scim_id", "")),
            parameters=dict(request.query_params),
            body=None if act in CLOSED else await body_of(request),
            if_match=request.headers.get("if-match", ""),
            if_none_match=request.headers.get("if-none-match", ""),
        )
        return await run_in_threadpool(_act, act, call)

    def _client(self, request: Request) -> ScimClient:
        address = request.client.host if request.client else ""
        client = self._tokens.client_of(bearer_token(request), address=address)
        self._rate.take(client.id)
        return client


def _act(act: Act, call: Call) -> Reply:
    with POLICY:
        return act(call)


def _known(act: Act) -> Act:
    """Refuse ids that no database has to be asked for."""

    def checked(call: Call) -> Reply:
        if not OBJECT_ID.fullmatch(call.object_id):
            raise NotFoundException
        return act(call)

    return checked


def _unsupported(_call: Call) -> Reply:
    raise NotImplementedException


def _nothing(_call: Call) -> Reply:
    raise NotFoundException


CLOSED = (_unsupported, _nothing)
"""Addresses whose bodies are not read."""


def scim_routes(services: ScimServices, rate: RequestRate | None = None) -> list[Route]:
    """Return the routes of SCIM; `rate` bounds the requests of each token."""
    return ScimRoutes(services, rate or RequestRate()).routes()
