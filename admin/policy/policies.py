"""The AI-use policy: administrators write and publish it, everyone acknowledges or declines it."""

from sqlmodel import Session, col, func, select, text

from core.domain.access import require_account, require_admin
from core.domain.clock import now
from core.domain.governance.policy import (
    Acknowledgement,
    Decision,
    PolicyDraft,
    PolicyVersion,
    text_sha256,
)
from core.domain.identity import ADMINISTRATOR, User
from core.errors import Conflict, InvalidFields, InvalidInput, NotFound
from core.guardrails.text import clean, clean_line
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.tables import PolicyAnswerRow, PolicyDraftRow, PolicyVersionRow, UserRow

MAX_TEXT = 60_000
MAX_NOTE = 300
POLICY_LOCK = 7_260_034
"""The lock that changes of the policy take: any number that no other lock has."""
OTHERS_CHANGED = (
    "Someone else changed the policy after you opened it. Copy what you wrote, then reload the "
    "page to see it as it is now."
)


class Policies:
    """Versions of the policy, which never change once they are published.

    Reading the policy and answering it is open to everyone with an account; the rest is for
    administrators.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def current(self, user: User) -> PolicyVersion | None:
        """Return the newest version, None where none was published."""
        require_account(user)
        with self._database.read() as session:
            row = _newest(session)
            return _version(session, row) if row else None

    def changes_since(self, user: User) -> list[str]:
        """Return what changed since the version this person acknowledged last, oldest first.

        It is empty for who acknowledges for the first time.
        """
        require_account(user)
        with self._database.read() as session:
            known = _acknowledged_number(session, user.id)
            if not known:
                return []
            notes = (
                select(PolicyVersionRow.note)
                .where(col(PolicyVersionRow.number) > known, PolicyVersionRow.note != "")
                .order_by(col(PolicyVersionRow.number))
            )
            return list(session.exec(notes).all())

    def acknowledge(self, user: User, version_id: str, sha256: str) -> None:
        """Store that the person follows this version; again is no second record.

        `sha256` is of the text that they were shown. Raises Conflict if that is no longer the
        policy, and NotFound for a person without an account.
        """
        self._answer(user, version_id, sha256, Decision.ACKNOWLEDGED)

    def decline(self, user: User, version_id: str, sha256: str) -> None:
        """Store that the person does not follow this version; raise as `acknowledge`."""
        self._answer(user, version_id, sha256, Decision.DECLINED)

    def own(self, user: User) -> list[Acknowledgement]:
        """Return what this person said to which versions, the latest first."""
        require_account(user)
        rows = (
            select(PolicyAnswerRow, PolicyVersionRow.number)
            .join(PolicyVersionRow, col(PolicyVersionRow.id) == PolicyAnswerRow.version_id)
            .where(PolicyAnswerRow.user_id == user.id)
            .order_by(col(PolicyAnswerRow.id).desc())
        )
        with self._database.read() as session:
            return [
                Acknowledgement(number, row.sha256, Decision(row.decision), row.at)
                for row, number in session.exec(rows).all()
            ]

    def history(self, admin: User) -> list[PolicyVersion]:
        """Return all published versions, the newest first."""
        require_admin(admin)
        with self._database.read() as session:
            rows = session.exec(
                select(PolicyVersionRow).order_by(col(PolicyVersionRow.number).desc())
            ).all()
            return [_version(session, row) for row in rows]

    def draft(self, admin: User) -> PolicyDraft:
        """Return the text that is being worked on: the published one where nothing was saved."""
        require_admin(admin)
        with self._database.read() as session:
            row = session.exec(select(PolicyDraftRow)).first()
            if row is None:
                newest = _newest(session)
                return PolicyDraft(newest.text if newest else "")
            return PolicyDraft(
                row.text, row.row_version, _name(session, row.changed_by), row.changed_at
            )

    def save_draft(self, admin: User, policy: str, *, version: int) -> PolicyDraft:
        """Keep a text for later; nobody but administrators reads it.

        `version` is that of the draft it was made from. Raises InvalidInput for no or too long a
        text, and Conflict if somebody else saved in the meantime.
        """
        require_admin(admin)
        policy = _checked(policy)
        with self._database.begin() as session:
            _take_turns(session)
            row = _draft_row(session, version)
            if row is None:
                row = PolicyDraftRow(text=policy, row_version=0)
            row.text, row.row_version = policy, row.row_version + 1
            row.changed_by, row.changed_at = admin.id or None, now()
            session.add(row)
            record_event(session, admin, "policy.drafted", characters=len(policy))
            return PolicyDraft(policy, row.row_version, admin.name, row.changed_at)

    def discard_draft(self, admin: User, *, version: int) -> None:
        """Forget the draft; raise Conflict if somebody else saved in the meantime."""
        require_admin(admin)
        with self._database.begin() as session:
            _take_turns(session)
            row = _draft_row(session, version)
            if row is not None:
                session.delete(row)
                record_event(session, admin, "policy.draft_discarded")

    def publish(
        self, admin: User, policy: str, *, is_material: bool, note: str = "", seen: int
    ) -> PolicyVersion:
        """Make a text the policy, and forget the draft.

        After a material change everyone acknowledges again. `seen` is the number of the version
        that was the newest when it was written, 0 for none. Raises InvalidInput for no, too long or
        the same text, and for a change that does not say what it is; Conflict if somebody else
        published in the meantime.
        """
        require_admin(admin)
        policy, note = _checked(policy), _checked_note(note)
        with self._database.begin() as session:
            _take_turns(session)
            newest = _newest(session)
            if (newest.number if newest else 0) != seen:
                raise Conflict(OTHERS_CHANGED)
            _require_news(newest, policy, note)
            row = PolicyVersionRow(
                number=seen + 1,
                text=policy,
                sha256=text_sha256(policy),
                is_material=is_material or newest is None,
                note=note,
                published_by=admin.id or None,
            )
            session.add(row)
            for draft in session.exec(select(PolicyDraftRow)).all():
                session.delete(draft)
            session.flush()
            record_event(
                session,
                admin,
                "policy.published",
                row.id,
                number=row.number,
                is_material=row.is_material,
            )
            return _version(session, row)

    def _answer(self, user: User, version_id: str, sha256: str, decision: Decision) -> None:
        require_account(user)
        with self._database.begin() as session:
            # Two tabs that confirm at once wait for each other, and the second finds the first.
            account = select(UserRow.id).where(UserRow.id == user.id).with_for_update()
            if session.exec(account).first() is None:
                raise NotFound("This account no longer exists.")
            row = _newest(session)
            if row is None or row.id != version_id or row.sha256 != sha256:
                raise Conflict(
                    "The policy was changed while you read it. Nothing was recorded. Reload the "
                    "page and read it as it is now."
                )
            if _last_decision(session, user.id, row.id) is decision:
                return
            session.add(
                PolicyAnswerRow(
                    user_id=user.id, version_id=row.id, decision=decision.value, sha256=row.sha256
                )
            )
            record_event(session, user, f"policy.{decision.value}", row.id, number=row.number)


def _newest(session: Session) -> PolicyVersionRow | None:
    newest = select(PolicyVersionRow).order_by(col(PolicyVersionRow.number).desc()).limit(1)
    return session.exec(newest).first()


def _acknowledged_number(session: Session, user_id: str) -> int:
    number = (
        select(func.max(col(PolicyVersionRow.number)))
        .join(PolicyAnswerRow, col(PolicyAnswerRow.version_id) == PolicyVersionRow.id)
        .where(
            PolicyAnswerRow.user_id == user_id,
            PolicyAnswerRow.decision == Decision.ACKNOWLEDGED.value,
        )
    )
    return session.exec(number).one() or 0


def _last_decision(session: Session, user_id: str, version_id: str) -> Decision | None:
    last = (
        select(PolicyAnswerRow.decision)
        .where(PolicyAnswerRow.user_id == user_id, PolicyAnswerRow.version_id == version_id)
        .order_by(col(PolicyAnswerRow.id).desc())
        .limit(1)
    )
    found = session.exec(last).first()
    return Decision(found) if found else None


def _draft_row(session: Session, version: int) -> PolicyDraftRow | None:
    row = session.exec(select(PolicyDraftRow)).first()
    if (row.row_version if row else 0) != version:
        raise Conflict(OTHERS_CHANGED)
    return row


def _checked(policy: str) -> str:
    cleaned = clean(policy).text.replace("\r\n", "\n").strip()
    if not cleaned:
        raise InvalidInput("The policy is empty. Write what people have to follow.")
    if len(cleaned) > MAX_TEXT:
        raise InvalidInput(f"The policy is longer than {MAX_TEXT:,} characters. Shorten it.")
    return cleaned


def _checked_note(note: str) -> str:
    cleaned = clean_line(note)
    if len(cleaned) > MAX_NOTE:
        raise InvalidFields({"note": f"Say what changed in at most {MAX_NOTE} characters."})
    return cleaned


def _require_news(newest: PolicyVersionRow | None, policy: str, note: str) -> None:
    if newest is None:
        return
    if newest.text == policy:
        raise InvalidInput("This is the published text already. Change it, then publish it.")
    if not note:
        raise InvalidFields({"note": "Say in a few words what changed. Everyone reads it."})


def _version(session: Session, row: PolicyVersionRow) -> PolicyVersion:
    return PolicyVersion(
        id=row.id,
        number=row.number,
        text=row.text,
        sha256=row.sha256,
        is_material=row.is_material,
        note=row.note,
        published_at=row.published_at,
        published_by="" if row.is_shipped else _name(session, row.published_by),
    )


def _name(session: Session, user_id: str | None) -> str:
    row = session.get(UserRow, user_id) if user_id else None
    return row.name if row else ADMINISTRATOR


def _take_turns(session: Session) -> None:
    """Let changes of the policy wait for each other; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text(f"SELECT pg_advisory_xact_lock({POLICY_LOCK})"))
