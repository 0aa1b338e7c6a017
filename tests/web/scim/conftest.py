"""An identity provider in front of the real routes and gate, on both databases."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import col, select
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from admin.audit.log import AuditLog
from admin.people import People
from admin.provisioning.services import ScimServices
from admin.signing_in.passwords import Passwords
from admin.signing_in.sign_in import SignIn
from core.domain.identity import SYSTEM, User
from core.storage.database import Database
from core.storage.queries.people import user_by_email
from core.storage.tables import AuditEventRow, GroupRow, MembershipRow
from web.cookies import Cookies
from web.gate import Gate
from web.scim.rate import RequestRate
from web.scim.routes import scim_routes

Json = dict[str, Any]  # Any: JSON
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
ADMINISTRATORS = "Sandbox administrators"
PASSWORD = "violet kettle orbit pancake"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: Json
    headers: Mapping[str, str]

    @property
    def id(self) -> str:
        assert self.status in (200, 201), self.body
        return str(self.body["id"])


@dataclass
class IdentityProvider:
    """Sends requests with a token."""

    http: TestClient
    database: Database
    services: ScimServices
    people: People
    sign_in: SignIn
    token: str
    refreshed: list[None] = field(default_factory=list)

    def __call__(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/scim+json",
            **named,
        }
        content = None if body is None else json.dumps(body)
        answer = self.http.request(method, f"/scim/v2{path}", content=content, headers=sent)
        parsed = answer.json() if answer.content else {}
        return Answer(answer.status_code, parsed, answer.headers)

    def add(self, email: str, **more: object) -> str:
        """The id of a new person."""
        return self("POST", "/Users", {"schemas": [USER], "userName": email, **more}).id

    def add_group(self, name: str, *members: str, **more: object) -> str:
        """The id of a new group."""
        people = [{"value": member} for member in members]
        body = {"schemas": [GROUP], "displayName": name, "members": people, **more}
        return self("POST", "/Groups", body).id

    def patch(self, path: str, *operations: Json, **headers: str) -> Answer:
        return self("PATCH", path, {"schemas": [PATCH], "Operations": operations}, **headers)

    def members(self, group_id: str) -> set[str]:
        """The people of a group as the database has them."""
        with self.database.read() as session:
            query = select(MembershipRow.user_id).where(MembershipRow.group_id == group_id)
            return set(session.exec(query))

    def person(self, email: str) -> User:
        with self.database.read() as session:
            found = user_by_email(session, email)
        assert found is not None
        return found

    def group_names(self) -> set[str]:
        with self.database.read() as session:
            return set(session.exec(select(GroupRow.name)))

    def events(self, action: str) -> list[AuditEventRow]:
        """What the audit log has, the oldest first."""
        with self.database.read() as session:
            query = select(AuditEventRow).where(AuditEventRow.action == action)
            return list(session.exec(query.order_by(col(AuditEventRow.id))))


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What is sent to the database, without the beginnings and ends of transactions."""
    sent: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine, "before_cursor_execute", note)


@pytest.fixture
def idp(database: Database) -> Iterator[IdentityProvider]:
    """With a live token; the group of administrators is `ADMINISTRATORS`."""
    yield from serving(database)


@pytest.fixture
def sqlite_idp(sqlite_database: Database) -> Iterator[IdentityProvider]:
    """The same for what does not depend on the database."""
    yield from serving(sqlite_database)


def serving(database: Database) -> Iterator[IdentityProvider]:
    refreshed: list[None] = []
    services = ScimServices.on(
        database,
        administrator_group=ADMINISTRATORS,
        names_changed=lambda: refreshed.append(None),
        origin=lambda address: f"net:{address}",
    )
    passwords = Passwords(memory_kib=8, time_cost=1)
    sign_in = SignIn(database, passwords, idle=timedelta(hours=1), absolute=timedelta(hours=8))
    people = People(database, passwords)
    people.add(SYSTEM, "anna@nordhafen.example", name="Anna", password=PASSWORD)
    app = Starlette(
        routes=scim_routes(services, RequestRate(at_once=100_000)),
        middleware=[
            Middleware(
                Gate,
                sign_in=sign_in,
                cookies=Cookies(is_secure=False),
                allowed_hosts=("sandbox.example",),
                note_refusal=AuditLog(database).note_refusal,
            )
        ],
    )
    token = services.tokens.add(SYSTEM, "Entra ID").secret
    with TestClient(app, base_url="https://sandbox.example") as http:
        yield IdentityProvider(http, database, services, people, sign_in, token, refreshed)
