"""Services of a small app: the ways in are real, what they lead to are few objects."""

from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry

from admin.audit.log import AuditLog
from admin.provisioning.services import ScimServices
from admin.signing_in.password_links import PasswordLinks
from admin.signing_in.sign_in import SignIn
from admin.single_sign_on.company_sign_in import CompanySignIn
from admin.single_sign_on.proxy_sign_in import ProxySignIn, ProxyTrust
from core.domain.ideas.filters import IdeaFilter
from core.domain.identity import User
from core.errors import AccessDenied, NotFound
from core.storage.database import Database
from ideas.export.tables import View
from ideas.portfolio.ranking import RankedBy
from rag.conversations.own import ExportFormat

OWN_CONVERSATION = "0" * 32


@dataclass(frozen=True)
class Options:
    company_name: str = "Nordhafen"
    secure_cookie: bool = True
    allowed_hosts: tuple[str, ...] = ("sandbox.example",)
    proxy: ProxyTrust | None = None


class OneConversation:
    """Conversations that are only one."""

    def export(self, user: User, conversation_id: str, kind: ExportFormat, /) -> bytes:
        if conversation_id != OWN_CONVERSATION:
            raise NotFound("This conversation does not exist, or it is not yours.")
        return f"{kind} for {user.email}".encode()


@dataclass(frozen=True)
class ServedChat:
    conversations: OneConversation = field(default_factory=OneConversation)


class OnePerson:
    """Conversations of one person, for administrators."""

    def export_lines(self, actor: User, person_id: str, /) -> str:
        if not actor.is_admin:
            raise AccessDenied("Only administrators can do this.")
        if person_id != OWN_CONVERSATION:
            raise NotFound("This account no longer exists.")
        return '{"title": "Urlaub für Eltern"}\n'


@dataclass(frozen=True)
class OneFile:
    file_name: str = 'Lohn "2026"\r\nX: y.pdf'
    media_type: str = "application/pdf"
    content: bytes = b"%PDF-1.7"


FILES = {
    OWN_CONVERSATION: OneFile(),
    "a" * 32: OneFile("page.html", "text/html", b"<script>alert(1)</script>"),
    "b" * 32: OneFile("drawing.svg", "image/svg+xml", b"<svg onload='alert(1)'/>"),
    "c" * 32: OneFile("scan.png", "image/png", b"\x89PNG"),
}


class FewDocuments:
    """Originals of four formats, for administrators."""

    def original(self, user: User, version_id: str, /) -> OneFile:
        if version_id not in FILES or not user.is_admin:
            raise NotFound("This document does not exist.")
        return FILES[version_id]


class FewFiles:
    """Files of ideas: those originals, for the same people."""

    def download(self, user: User, attachment_id: str, /) -> OneFile:
        return FewDocuments().original(user, attachment_id)


class OneExport:
    """Files that say what they were asked for."""

    def csv(self, user: User, wanted: IdeaFilter, view: View, by: RankedBy, /) -> bytes:
        return f"{user.name},{wanted.query()},{view},{by}".encode()

    def xlsx(self, user: User, wanted: IdeaFilter, view: View, by: RankedBy, /) -> bytes:
        return b"PK" + self.csv(user, wanted, view, by)

    def portfolio_pdf(self, user: User, wanted: IdeaFilter, /) -> bytes:
        return f"%PDF {user.name} {wanted.query()}".encode()

    def card_pdf(self, user: User, idea_id: str, /) -> bytes:
        if idea_id != OWN_CONVERSATION:
            raise NotFound("This idea does not exist.")
        return f"%PDF {user.name}".encode()


@dataclass(frozen=True)
class ServedIdeas:
    attachments: FewFiles = field(default_factory=FewFiles)
    exports: OneExport = field(default_factory=OneExport)


class IdleWorker:
    """A worker without work."""

    def start(self) -> None:
        """Starts nothing."""

    def stop(self) -> None:
        """Stops nothing."""

    def require_ready(self) -> None:
        """Always ready."""


@dataclass(frozen=True)
class ServedServices:
    database: Database
    sign_in: SignIn
    password_links: PasswordLinks
    audit: AuditLog
    scim: ScimServices
    company_sign_in: CompanySignIn | None = None
    proxy_sign_in: ProxySignIn | None = None
    chat: ServedChat = field(default_factory=ServedChat)
    personal_conversations: OnePerson = field(default_factory=OnePerson)
    documents: FewDocuments = field(default_factory=FewDocuments)
    ideas: ServedIdeas = field(default_factory=ServedIdeas)
    worker: IdleWorker = field(default_factory=IdleWorker)
    metrics: CollectorRegistry = field(default_factory=CollectorRegistry)
    web: Options = field(default_factory=Options)
