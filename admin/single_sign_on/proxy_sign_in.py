"""Sign-in by a proxy that names people in a header: each session belongs to whom it names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from admin.accounts import EMAIL
from admin.signing_in.opening import Arrival
from admin.signing_in.sessions import token_hash
from admin.signing_in.sign_in import SignIn
from admin.single_sign_on.accounts import account_of, follow_groups, note_identity
from admin.single_sign_on.values import AccountRules, Vouched
from core.errors import SignInFailed
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.people import to_user
from core.storage.tables import ExternalIdentityRow, ExternalSessionRow, SessionRow

ISSUER = "proxy"
"""The issuer of identities that are e-mail addresses in a header of the company's proxy."""

NO_ADDRESS = "The company sign-in did not name you by an e-mail address. Tell an administrator."


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a trusted proxy names; `groups` is None if it names none."""

    email: str
    groups: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class ProxyTrust:
    """From where the header is believed, and with which secret."""

    header: str
    networks: Sequence[IPv4Network | IPv6Network]
    secret_header: str
    secret: str = field(repr=False)
    groups_header: str = ""


class ProxySignIn:
    """Opens sessions for people whom the proxy names, and tells whether one is still theirs."""

    def __init__(
        self,
        database: Database,
        sign_in: SignIn,
        *,
        accounts: AccountRules,
        origin: Callable[[str], str],
    ) -> None:
        self._database = database
        self._sign_in = sign_in
        self._accounts = accounts
        self._origin = origin

    def open(self, named: Named, *, address: str = "", browser: str = "") -> str:
        """Open a session and return its token; raise SignInFailed with what to do."""
        email = named.email.strip().lower()
        if not EMAIL.fullmatch(email):
            raise SignInFailed(NO_ADDRESS)
        person = Vouched(ISSUER, email, email, True, "", named.groups, may_connect=True)
        try:
            try:
                return self._open(person, browser)
            except IntegrityError:  # a browser asks several times at once: the other was quicker
                return self._open(person, browser)
        except SignInFailed:
            with self._database.begin() as session:
                record_event(
                    session,
                    None,
                    "session.opened",
                    outcome="refused",
                    origin=self._origin(address),
                    by="proxy",
                )
            raise

    def _open(self, person: Vouched, browser: str) -> str:
        with self._database.begin() as session:
            row, known = account_of(session, person, self._accounts)
            follow_groups(session, row, person.groups, self._accounts)
            # How fresh the sign-in at the proxy is, nobody knows.
            arrival = Arrival(browser, confirmed_at=None, by="proxy", asks_factor=False)
            token = self._sign_in.opening.open(session, to_user(session, row), arrival)
            note_identity(session, token, known.id)
            return token

    def named_by(self, session_token: str) -> str:
        """Return whom the proxy named when this session was opened, empty for other sessions."""
        with self._database.read() as session:
            subject = session.exec(
                select(ExternalIdentityRow.subject)
                .join(ExternalSessionRow)
                .join(SessionRow)
                .where(
                    SessionRow.token_hash == token_hash(session_token),
                    ExternalIdentityRow.issuer == ISSUER,
                )
            ).first()
        return subject or ""
