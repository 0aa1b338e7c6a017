"""Every route beside Streamlit, opened by everybody on what is somebody else's."""

from collections.abc import Iterator
from itertools import product

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.domain.identity import SYSTEM
from tests.security.sights import may_see
from tests.security.state import canaries_in
from tests.security.world import PASSWORD, World
from web.app import middleware, routes
from web.cookies import Cookies
from web.paths import SCIM_BASE

OPEN = frozenset(
    {
        *("/sign-in", "/sign-out", "/set-up", "/new-password", "/healthz", "/readyz", "/metrics"),
        *("/sign-in/company", "/sign-in/company/callback", "/sign-in/company/logout"),
    }
)
"""Routes for who is not signed in; none of them names an object."""
OBJECTS = {
    "conversation_id": ("conversation",),
    "person_id": ("person",),
    "file_id": ("version", "file", "copy"),
    "idea_id": ("idea",),
}
"""What a parameter of a path names; a new one takes its place here."""
UNANSWERED = "/sign-in/company"
"""Leads to an identity provider, which does not answer in this world."""
MORE = {"/export/people/{person_id}.jsonl": "personal_conversations.export_lines"}


@pytest.fixture(scope="module")
def site(world: World) -> Iterator[TestClient]:
    services = world.services
    app = Starlette(routes=routes(services), middleware=middleware(services))
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as client:
        yield client


def paths(world: World) -> list[tuple[str, str]]:
    """Return each route with its path, filled in with what is Hanna's and what she deleted."""
    found = []
    for route in routes(world.services):
        if route.path.startswith(SCIM_BASE):
            continue  # no session counts there; web/scim/test_access.py tries these
        names = list(route.param_convertors)
        for ids in (world.own["hanna"], world.deleted):
            for kinds in product(*(OBJECTS[name] for name in names)):
                values = {n: ids.get(k, "0" * 32) for n, k in zip(names, kinds, strict=True)}
                found.append((route.path, route.path.format(**values)))
    return sorted(set(found))


def test_without_a_session_only_the_way_in_is_open(site: TestClient, world: World) -> None:
    for route, path in paths(world):
        answer = site.get(path)

        assert canaries_in(answer.content) == set()
        if route not in OPEN:
            assert answer.status_code in (303, 401, 403), path


@pytest.mark.parametrize("actor", ["ole", "rob", "ada"])
def test_no_route_hands_over_what_belongs_to_somebody_else(
    site: TestClient, world: World, actor: str
) -> None:
    person = world.people[actor]
    token = world.services.sign_in.sign_in(person.email, PASSWORD)
    cookie = f"{Cookies(is_secure=world.services.web.secure_cookie).session_name}={token}"
    statuses = {}
    for route, path in paths(world):
        answer = site.get(path, headers={"Cookie": cookie})
        statuses[path] = answer.status_code

        assert canaries_in(answer.content) <= may_see(actor, MORE.get(route, "")), path
        assert answer.status_code < 500 or route == UNANSWERED, path

    ids = world.own["hanna"]
    closed = [f"/export/conversations/{ids['conversation']}.json", f"/original/{ids['version']}"]
    assert [statuses[path] for path in closed] == [404, 404]


def test_a_token_of_an_identity_provider_opens_no_other_route(
    site: TestClient, world: World
) -> None:
    made = world.services.scim.tokens.add(SYSTEM, "Route matrix")
    bearer = {"Authorization": f"Bearer {made.secret}"}
    assert site.get("/scim/v2/Users", headers=bearer).status_code == 200

    for route, path in paths(world):
        answer = site.get(path, headers=bearer)

        assert canaries_in(answer.content) == set()
        if route not in OPEN:
            assert answer.status_code in (303, 401, 403), path
    world.services.scim.tokens.revoke(SYSTEM, made.token.id)


def test_a_reader_of_the_collection_gets_the_original(site: TestClient, world: World) -> None:
    token = world.services.sign_in.sign_in(world.people["hugo"].email, PASSWORD)
    cookie = f"{Cookies(is_secure=world.services.web.secure_cookie).session_name}={token}"

    answer = site.get(f"/original/{world.own['hanna']['version']}", headers={"Cookie": cookie})

    assert canaries_in(answer.content) != set()
