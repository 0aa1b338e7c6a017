"""Sign-in by the company's identity provider: the same session as a password opens."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from admin.signing_in.attempts import note_company_failure, require_company_turn
from admin.signing_in.notices import AccountNotices
from admin.signing_in.opening import Arrival
from admin.signing_in.sessions import session_of_token, token_hash
from admin.signing_in.sign_in import SignIn
from admin.single_sign_on.accounts import (
    account_of,
    connect,
    follow_groups,
    follow_role,
    identity_row,
    note_identity,
)
from admin.single_sign_on.flow import Flow, FlowSeal, new_flow
from admin.single_sign_on.values import (
    AccountRules,
    Begun,
    Came,
    Completed,
    Purpose,
    SignInRules,
    Vouched,
)
from core.domain.access import require_confirmed
from core.domain.clock import now
from core.domain.identity import User
from core.errors import SignInFailed
from core.openid.provider import FAILED, OpenIdProvider
from core.openid.tokens import LEEWAY_S
from core.openid.values import Identity, Return
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.people import to_user
from core.storage.tables import (
    ExternalIdentityRow,
    ExternalSessionRow,
    SessionRow,
    UsedAnswerRow,
    UserRow,
)

KEPT = timedelta(hours=1)
"""How long used answers are remembered; a flow lasts ten minutes."""

BY = "company account"
TOO_WEAK = (
    "Your company sign-in was not strong enough for the sandbox, for example without a second "
    "factor. Sign in there with one, then try again."
)
NOT_ANEW = "The company sign-in did not ask for you again, so nothing was confirmed. Try again."
SOMEBODY_ELSE = "This is the company account of someone else. Nothing was changed."
OTHER_ACCOUNT = "This company account opens another account of the sandbox. Nothing was changed."
SIGNED_OUT = "Sign in first, then try again."
DENIED = "The company sign-in was cancelled or refused there. Nobody was signed in."


class CompanySignIn:
    """Begins sign-ins at the provider and completes them when browsers come back."""

    def __init__(  # noqa: PLR0913  each part by its name
        self,
        database: Database,
        provider: OpenIdProvider,
        sign_in: SignIn,
        seal: FlowSeal,
        *,
        name: str,
        accounts: AccountRules,
        rules: SignInRules,
        origin: Callable[[str], str],
        notices: AccountNotices,
    ) -> None:
        """Take what it needs; `name` follows “Sign in with”."""
        self._database = database
        self._provider = provider
        self._sign_in = sign_in
        self._seal = seal
        self.name = name
        self._accounts = accounts
        self._rules = rules
        self._origin = origin
        self._notices = notices

    def begin(
        self, redirect_uri: str, *, purpose: Purpose, target: str, session_token: str = ""
    ) -> Begun:
        """Return where the browser goes and what it keeps; it comes back to `redirect_uri`.

        Raises IdentityProviderUnavailable, SignInFailed if a session is needed and there is none,
        ConfirmationNeeded before an identity is connected.
        """
        user_id = ""
        if purpose is not Purpose.SIGN_IN:
            user = self._person(session_token)
            if purpose is Purpose.CONNECT:
                require_confirmed(user)
            user_id = user.id
        departure = self._provider.departure(redirect_uri, again=purpose is Purpose.CONFIRM)
        flow = new_flow(
            departure, purpose, redirect_uri=redirect_uri, target=target, user_id=user_id
        )
        return Begun(departure.address, self._seal.close(flow))

    def complete(self, came: Came) -> Completed:
        """Check what a browser brought back, and open or confirm a session.

        Raises SignInFailed with a sentence on what to do, TooManyAttempts after many failures from
        this address, IdentityProviderUnavailable.
        """
        flow = self._seal.open(came.kept, came.state)
        at = now()
        require_company_turn(self._database, came.address, at)
        try:
            identity = self._identity(flow, came)
            return self._completed_once(flow, identity, came)
        except SignInFailed:
            with self._database.begin() as session:
                note_company_failure(session, came.address, at)
                record_event(
                    session,
                    None,
                    "session.opened",
                    outcome="refused",
                    origin=self._origin(came.address),
                    by=BY,
                )
            raise

    def end_session_address(self, session_token: str, return_to: str) -> str:
        """Return where the provider ends its own sign-in; "" where this session is not its."""
        if not self._rules.ends_session or not self.is_behind(session_token):
            return ""
        return self._provider.end_session_address(return_to)

    def is_behind(self, session_token: str) -> bool:
        """Return whether the provider opened this session."""
        with self._database.read() as session:
            return self._identity_behind(session, session_token) is not None

    def end_by_provider(self, logout_token: str) -> int:
        """End the sessions that a logout token names and return how many ended.

        Raises SignInFailed for a token that is not what it has to be.
        """
        notice = self._provider.logout(logout_token)
        with self._database.begin() as session:
            self._use_up(session, f"logout {notice.token_id}")
            mine = (
                select(SessionRow)
                .join(ExternalSessionRow, col(ExternalSessionRow.session_id) == SessionRow.id)
                .join(
                    ExternalIdentityRow,
                    col(ExternalIdentityRow.id) == ExternalSessionRow.identity_id,
                )
                .where(
                    ExternalIdentityRow.issuer == notice.issuer,
                    col(SessionRow.revoked_at).is_(None),
                )
            )
            if notice.session:
                mine = mine.where(ExternalSessionRow.provider_session == notice.session)
            if notice.subject:
                mine = mine.where(ExternalIdentityRow.subject == notice.subject)
            ended = session.exec(mine).all()
            for row in ended:
                row.revoked_at = now()
                record_event(session, None, "session.ended", row.id, by="identity provider")
            return len(ended)

    def _identity(self, flow: Flow, came: Came) -> Identity:
        if came.error or not came.code:
            raise SignInFailed(DENIED)
        identity = self._provider.identity(
            Return(came.code, came.issuer, flow.redirect_uri, flow.nonce, flow.verifier)
        )
        has_class = not self._rules.required_acr or identity.acr in self._rules.required_acr
        if not has_class or not self._rules.required_amr <= set(identity.amr):
            raise SignInFailed(TOO_WEAK)
        return identity

    def _completed_once(self, flow: Flow, identity: Identity, came: Came) -> Completed:
        try:
            return self._completed(flow, identity, came)
        except IntegrityError as error:  # the same person, twice at the same moment
            raise SignInFailed(FAILED) from error

    def _completed(self, flow: Flow, identity: Identity, came: Came) -> Completed:
        if flow.purpose is Purpose.SIGN_IN:
            with self._database.begin() as session:
                self._use_up(session, flow.nonce)
                token, user_id = self._open(session, identity, came)
            self._notices.send(user_id)
            return Completed(flow.purpose, flow.target, token)
        user = self._person(came.session_token)
        if user.id != flow.user_id:
            raise SignInFailed(SOMEBODY_ELSE)
        with self._database.begin() as session:
            self._use_up(session, flow.nonce)
            if flow.purpose is Purpose.CONNECT:
                self._connect(session, user, identity)
            else:
                self._confirm(session, user, identity, flow, came.session_token)
        self._notices.send(user.id)
        return Completed(flow.purpose, flow.target)

    def _open(self, session: Session, identity: Identity, came: Came) -> tuple[str, str]:
        """Return the token of a new session and the id of its person."""
        row, known = account_of(session, _vouched(identity), self._accounts)
        follow_groups(session, row, identity.groups, self._accounts)
        follow_role(session, row, identity.groups, self._accounts)
        session.flush()
        user = to_user(session, row)
        arrival = Arrival(
            came.browser,
            # A clock that is ahead over there makes no sign-in fresher than it is.
            confirmed_at=min(identity.signed_in_at, now()) if identity.signed_in_at else None,
            by=BY,
            asks_factor=self._rules.asks_factor,
        )
        token = self._sign_in.opening.open(session, user, arrival)
        note_identity(session, token, known.id, provider_session=identity.session)
        return token, user.id

    def _connect(self, session: Session, user: User, identity: Identity) -> None:
        known = identity_row(session, identity.issuer, identity.subject)
        if known is not None and known.user_id != user.id:
            raise SignInFailed(OTHER_ACCOUNT)
        if known is None:
            connect(session, session.get_one(UserRow, user.id), _vouched(identity), by="its owner")

    def _confirm(
        self, session: Session, user: User, identity: Identity, flow: Flow, token: str
    ) -> None:
        known = identity_row(session, identity.issuer, identity.subject)
        if known is None or known.user_id != user.id:
            raise SignInFailed(SOMEBODY_ELSE)
        earliest = flow.began - timedelta(seconds=LEEWAY_S)
        if identity.signed_in_at is None or identity.signed_in_at < earliest:
            raise SignInFailed(NOT_ANEW)
        row = session_of_token(session, token)
        if row is not None:
            row.confirmed_at = now()
            record_event(session, user, "session.confirmed", user.id, by=BY)

    def _person(self, session_token: str) -> User:
        user = self._sign_in.user_for(session_token)
        if user is None:
            raise SignInFailed(SIGNED_OUT)
        return user

    def _use_up(self, session: Session, answer: str) -> None:
        """Note that an answer was used; raise SignInFailed if it was used before."""
        session.exec(delete(UsedAnswerRow).where(col(UsedAnswerRow.at) < now() - KEPT))
        used = UsedAnswerRow(answer_hash=hashlib.sha256(answer.encode()).hexdigest())
        if session.get(UsedAnswerRow, used.answer_hash) is not None:
            raise SignInFailed(FAILED)
        session.add(used)
        session.flush()

    def _identity_behind(self, session: Session, token: str) -> ExternalIdentityRow | None:
        return session.exec(
            select(ExternalIdentityRow)
            .join(ExternalSessionRow, col(ExternalSessionRow.identity_id) == ExternalIdentityRow.id)
            .join(SessionRow, col(SessionRow.id) == ExternalSessionRow.session_id)
            .where(
                SessionRow.token_hash == token_hash(token),
                ExternalIdentityRow.issuer == self._provider.issuer,
            )
        ).first()


def _vouched(identity: Identity) -> Vouched:
    return Vouched(
        identity.issuer,
        identity.subject,
        identity.email,
        identity.is_email_verified,
        identity.name,
        identity.groups,
        may_connect=False,
        external_id=identity.external_id,
    )
