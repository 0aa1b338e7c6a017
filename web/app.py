"""Assembles the web edge: routes, middleware, and what happens at start and stop."""

import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import NoReturn, Protocol

from prometheus_client import CollectorRegistry
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from admin.audit.log import AuditLog
from admin.provisioning.services import ScimServices
from admin.signing_in.password_links import PasswordLinks
from admin.signing_in.sign_in import SignIn
from admin.single_sign_on.company_sign_in import CompanySignIn
from admin.single_sign_on.proxy_sign_in import ProxySignIn, ProxyTrust
from core.domain.identity import User
from core.errors import SandboxError
from core.storage.database import Database
from core.storage.migrate import require_ready
from rag.conversations.own import ExportFormat
from web.connections import bound_connections
from web.cookies import Cookies
from web.exports import (
    Original,
    export_routes,
    handover_route,
    idea_file_route,
    original_route,
)
from web.forms import Forms
from web.gate import Gate
from web.headers import SecurityHeaders, content_policy, streamlit_page
from web.health import health_routes
from web.idea_exports import IdeaExports, idea_export_routes
from web.metrics import RequestCounter, metrics_route
from web.password_pages import PasswordPages
from web.scim.routes import scim_routes
from web.second_factor_pages import SecondFactorPages
from web.sign_in_pages import SetUpPages, SignInPages
from web.single_sign_on.company_pages import CompanyPages
from web.single_sign_on.proxy import ProxyDoor
from web.upload_quota import UPLOAD_LIMITS, Held, UploadLimits, UploadQuota

ANY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104  recognised, never bound


class Conversations(Protocol):
    """The conversations that downloads need."""

    def export(self, user: User, conversation_id: str, kind: ExportFormat, /) -> bytes: ...


class Chat(Protocol):
    """The service that has the conversations."""

    @property
    def conversations(self) -> Conversations: ...


class PersonalConversations(Protocol):
    """The export of a person's conversations."""

    def export_lines(self, actor: User, person_id: str, /) -> str: ...


class Documents(Protocol):
    """The service that has the originals."""

    def original(self, user: User, version_id: str, /) -> Original: ...


class IdeaFiles(Protocol):
    """The files of ideas."""

    def download(self, user: User, attachment_id: str, /) -> Original: ...


class Ideas(Protocol):
    """The services that have files of ideas, and make them."""

    @property
    def attachments(self) -> IdeaFiles: ...

    @property
    def exports(self) -> IdeaExports: ...


class Worker(Protocol):
    """Work in the background while the server runs."""

    def start(self) -> None: ...

    def stop(self) -> None: ...

    def require_ready(self) -> None: ...


class WebOptions(Protocol):
    """The settings of the web edge."""

    @property
    def company_name(self) -> str: ...

    @property
    def secure_cookie(self) -> bool: ...

    @property
    def allowed_hosts(self) -> tuple[str, ...]: ...

    @property
    def proxy(self) -> ProxyTrust | None: ...


class WebServices(Protocol):
    """The services the web edge uses; bootstrap's Services is one."""

    @property
    def database(self) -> Database: ...

    @property
    def sign_in(self) -> SignIn: ...

    @property
    def company_sign_in(self) -> CompanySignIn | None: ...

    @property
    def proxy_sign_in(self) -> ProxySignIn | None: ...

    @property
    def audit(self) -> AuditLog: ...

    @property
    def password_links(self) -> PasswordLinks: ...

    @property
    def scim(self) -> ScimServices: ...

    @property
    def chat(self) -> Chat: ...

    @property
    def personal_conversations(self) -> PersonalConversations: ...

    @property
    def documents(self) -> Documents: ...

    @property
    def ideas(self) -> Ideas: ...

    @property
    def worker(self) -> Worker: ...

    @property
    def metrics(self) -> CollectorRegistry: ...

    @property
    def web(self) -> WebOptions: ...


def routes(services: WebServices) -> list[Route]:
    """Return every route that is served beside Streamlit."""
    cookies = Cookies(is_secure=services.web.secure_cookie)
    forms = Forms(services.web.company_name, cookies)
    return [
        *SignInPages(
            services.sign_in,
            forms=forms,
            cookies=cookies,
            company=services.company_sign_in,
            door=_door(services),
        ).routes(),
        *CompanyPages(
            services.company_sign_in, services.sign_in, forms=forms, cookies=cookies
        ).routes(),
        *SetUpPages(services.sign_in, forms=forms, cookies=cookies).routes(),
        *SecondFactorPages(services.sign_in, forms=forms, cookies=cookies).routes(),
        *PasswordPages(services.password_links, forms=forms).routes(),
        *export_routes(services.chat.conversations.export),
        handover_route(services.personal_conversations.export_lines),
        original_route(services.documents.original),
        idea_file_route(services.ideas.attachments.download),
        *idea_export_routes(services.ideas.exports),
        *health_routes(lambda: _require_ready(services)),
        metrics_route(services.metrics),
        *scim_routes(services.scim),
        Route("/chat", _start_page),
    ]


def _door(services: WebServices) -> ProxyDoor | None:
    if services.web.proxy is None or services.proxy_sign_in is None:
        return None
    return ProxyDoor(services.web.proxy, services.proxy_sign_in, services.sign_in)


async def _start_page(request: Request) -> Response:
    """Redirect to the chat, the start page, which Streamlit knows by its empty path only."""
    return RedirectResponse(request.url.replace(path="/"))


def _require_ready(services: WebServices) -> None:
    """Raise DatabaseUnavailable, ConfigurationError or QueueUnavailable if one is not ready."""
    require_ready(services.database)
    services.worker.require_ready()


def middleware(
    services: WebServices, *, held: Held = dict, limits: UploadLimits = UPLOAD_LIMITS
) -> list[Middleware]:
    """Return the middleware, outermost first: headers, count, gate, quota of uploads.

    `held` tells what Streamlit holds of uploaded files.
    """
    return [
        Middleware(SecurityHeaders, policy=content_policy(streamlit_page())),
        Middleware(RequestCounter, registry=services.metrics),
        Middleware(
            Gate,
            sign_in=services.sign_in,
            cookies=Cookies(is_secure=services.web.secure_cookie),
            allowed_hosts=services.web.allowed_hosts,
            note_refusal=services.audit.note_refusal,
            door=_door(services),
        ),
        Middleware(UploadQuota, held=held, limits=limits),
    ]


def lifespan(
    services: WebServices, address: str, port: int, *, warm_up: Callable[[], None]
) -> Callable[[object], AbstractAsyncContextManager[None]]:
    """Print the app's address or its set-up link, and run the worker while the server runs.

    `warm_up` loads what is not to be loaded with the first request.
    """

    @asynccontextmanager
    async def run(_app: object) -> AsyncIterator[None]:
        bound_connections()
        try:
            services.worker.start()
            # Not earlier: a new set-up link ends the one that another app has shown.
            welcome = _welcome(services.sign_in, _base_address(address, port))
        except SandboxError as error:
            services.worker.stop()
            _end_process(error)
        await run_in_threadpool(warm_up)
        sys.stdout.write(f"\n{welcome}\n\n")
        sys.stdout.flush()
        try:
            yield
        finally:
            await run_in_threadpool(services.worker.stop)

    return run


def _end_process(error: SandboxError) -> NoReturn:
    # If raised, Starlette and uvicorn would print it in a traceback of 60 lines.
    sys.stderr.write(f"The app cannot start. {error}\n")
    sys.stderr.flush()
    os._exit(1)


def _welcome(sign_in: SignIn, base_address: str) -> str:
    if sign_in.needs_setup():
        link = f"{base_address}/set-up?token={sign_in.start_setup()}"
        return f"Create the first administrator (link works once, for 30 minutes):\n{link}"
    return f"GenAI Sandbox is at {base_address}"


def _base_address(address: str, port: int) -> str:
    host = "127.0.0.1" if address in ANY_ADDRESS else address
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
