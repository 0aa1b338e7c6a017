"""The web edge on a real server, an identity provider beside it, and somebody at a browser."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from admin.audit.log import AuditLog
from admin.groups import Groups
from admin.people import People
from admin.provisioning.services import ScimServices
from admin.signing_in.passwords import Passwords
from admin.signing_in.second_factors import SecondFactors
from bootstrap.signing_in.ways_in import WaysIn, build_ways_in
from core.domain.identity import SYSTEM, Role, User
from core.settings import Settings
from core.storage.audit.key import SecretKey
from core.storage.database import Database
from tests.web.served_services import Options, ServedServices
from tests.web.single_sign_on.provider import CLIENT_ID, CLIENT_SECRET, Provider, serving
from web.app import middleware, routes
from web.gate import current_user

PASSWORD = "violet kettle orbit pancake"
COMPANY, BACK = "/sign-in/company", "/sign-in/company/callback"


@dataclass(frozen=True)
class Site:
    """The web edge at an address, and its services."""

    url: str
    database: Database
    ways_in: WaysIn
    people: People
    groups: Groups
    audit: AuditLog

    def person(self, name: str, role: Role = Role.EMPLOYEE) -> User:
        email = f"{name}@nordhafen.example"
        return self.people.add(SYSTEM, email, name=name.title(), password=PASSWORD, role=role)

    def named(self, email: str) -> User | None:
        return next((p for p in self.people.list_all(SYSTEM) if p.email == email), None)

    def groups_of(self, email: str) -> set[str]:
        person = self.named(email)
        assert person is not None
        names = {group.id: group.name for group in self.groups.list(SYSTEM)}
        return {names[one] for one in person.group_ids}

    def actions(self) -> list[str]:
        """What the audit log says, the oldest first."""
        return [f"{e.action} {e.outcome}" for e in self.audit.list(SYSTEM, limit=1000)][::-1]


class Browser:
    """Keeps cookies, follows no redirect by itself, and comes from `address`."""

    def __init__(self, site: Site, address: str = "127.0.0.1") -> None:
        self.site = site
        transport = httpx.HTTPTransport(local_address=address)
        self.http = httpx.Client(base_url=site.url, transport=transport, timeout=30)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.http.get(path, headers=headers)

    def leave(self, path: str = COMPANY) -> str:
        """Goes to the provider and returns the address there."""
        response = self.get(path)
        assert response.status_code == 303, response.text
        return response.headers["location"]

    def sign_in(self, provider: Provider, path: str = COMPANY) -> httpx.Response:
        """Signs in at the provider and comes back."""
        return self.come_back(provider.authorize(self.leave(path)))

    def come_back(self, address: str) -> httpx.Response:
        parts = urlsplit(address)
        return self.get(f"{parts.path}?{parts.query}")

    def submit(self, path: str, **form: str) -> httpx.Response:
        self.get(path)
        token = self.http.cookies["form"]
        return self.http.post(
            path, data={"form_token": token, **form}, headers={"Origin": self.site.url}
        )

    def sign_in_with_password(self, name: str) -> httpx.Response:
        email = f"{name}@nordhafen.example"
        return self.submit("/sign-in", email=email, password=PASSWORD)

    @property
    def who(self) -> str:
        """Whom the app takes this browser for; empty for nobody."""
        response = self.get("/who")
        return response.text if response.status_code == 200 else ""


@pytest.fixture
def provider() -> Iterator[Provider]:
    with serving(Provider()) as running:
        yield running


MakeSite = Callable[..., Site]


@pytest.fixture
def make_site(
    migrated_file: Path, tmp_path: Path, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MakeSite]:
    """Serves the web edge with these settings of groups, until the test ends."""
    with ExitStack() as stack:
        # Any: values of settings, which pydantic checks.
        def make(oidc: Mapping[str, Any] | None = None, **groups: Mapping[str, Any]) -> Site:
            given = {
                "issuer": provider.issuer,
                "client_id": CLIENT_ID,
                "client_secret": CLIENT_SECRET,
                **(oidc or {}),
            }
            session = {"secure_cookie": False, **groups.pop("session", {})}
            values = {"policy": {"required": False}, "session": session, "oidc": given, **groups}
            settings = Settings.model_validate({"data_dir": tmp_path, **values})
            path = tmp_path / "sandbox.db"
            path.write_bytes(migrated_file.read_bytes())
            database = Database(f"sqlite:///{path}")
            stack.callback(database.close)
            made = stack.enter_context(_serving(settings, database))
            made.person("root", Role.ADMIN)
            return made

        yield make


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """The web edge beside a provider whose people with addresses of the company get accounts."""
    return make_site({"makes_accounts": True, "domains": ["nordhafen.example"]})


@pytest.fixture
def browser(site: Site) -> Iterator[Browser]:
    with open_browser(site) as opened:
        yield opened


@contextmanager
def open_browser(site: Site, address: str = "127.0.0.1") -> Iterator[Browser]:
    opened = Browser(site, address)
    try:
        yield opened
    finally:
        opened.http.close()


@contextmanager
def _serving(settings: Settings, database: Database) -> Iterator[Site]:
    passwords = Passwords("Nordhafen", memory_kib=64, time_cost=1)
    key = SecretKey(settings.data_dir / "second-factors.key")
    ways_in = build_ways_in(
        settings,
        database,
        passwords,
        factors=SecondFactors(database, key, "Sandbox"),
        origin=lambda address: f"net:{address}",
        environment={"FORWARDED_ALLOW_IPS": "127.0.0.2"},
    )
    options = Options(secure_cookie=False, proxy=ways_in.proxy_trust)
    services = ServedServices(
        database,
        ways_in.sign_in,
        ways_in.password_links,
        AuditLog(database),
        ScimServices.on(
            database,
            administrator_group="",
            names_changed=lambda: None,
            origin=lambda address: f"net:{address}",
        ),
        company_sign_in=ways_in.company,
        proxy_sign_in=ways_in.proxy,
        web=options,
    )
    app = Starlette(
        routes=[*routes(services), Route("/who", _who)], middleware=middleware(services)
    )
    with _listening(app) as url:
        yield Site(
            url,
            database,
            ways_in,
            People(database, passwords),
            Groups(database),
            AuditLog(database),
        )


async def _who(request: Request) -> Response:
    return PlainTextResponse(current_user(request).email)


@contextmanager
def _listening(app: Starlette) -> Iterator[str]:
    """Serves on all addresses of this machine; those of 127.0.0.2 may forward."""
    with socket.socket() as held:
        held.bind(("0.0.0.0", 0))  # noqa: S104  to be reached from two addresses of this machine
        port: int = held.getsockname()[1]
        config = uvicorn.Config(
            app, log_level="warning", forwarded_allow_ips="127.0.0.2", access_log=False
        )
        server = uvicorn.Server(config)
        held.listen(128)
        thread = threading.Thread(
            target=lambda: asyncio.run(server.serve(sockets=[held])), daemon=True
        )
        thread.start()
        deadline = time.monotonic() + 30
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        assert server.started
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(timeout=30)
