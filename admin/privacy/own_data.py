"""Everything that the app holds about one person, as a file for that person."""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from core.domain.access import require_account
from core.domain.clock import now
from core.domain.identity import ADMINISTRATOR, User
from core.errors import NotFound
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.tables import (
    AnswerUsageRow,
    AuditEventRow,
    AuditSubjectRow,
    BudgetAccountRow,
    BudgetRow,
    CollectionRow,
    ConversationRow,
    DigestChoiceRow,
    DocumentRow,
    DocumentVersionRow,
    ExternalIdentityRow,
    FeedbackRow,
    FirstStepRow,
    GroupRow,
    GuardNoteRow,
    IncidentRow,
    KnowledgeGapRow,
    LegalHoldRow,
    MembershipRow,
    MessageRow,
    ModelCallRow,
    NotificationRow,
    PolicyAnswerRow,
    PolicyVersionRow,
    QuizResultRow,
    RefusedCallRow,
    ScimResourceRow,
    SecondFactorRow,
    SessionRow,
    UsageDayPersonRow,
    UserRow,
)

Record = Mapping[str, Any]  # Any: JSON
README = (
    "Everything that the GenAI Sandbox holds about you, one JSON file for each kind of data. Times "
    "are in UTC, amounts of money in millionths of the currency unit. Passwords, keys and tokens "
    "are left out, and so are answers from documents that you can no longer read. Backups are not "
    "part of it."
)


@dataclass(frozen=True, slots=True)
class Section:
    """Rows that belong to a person by one column, and what of them is told."""

    name: str
    table: type[SQLModel]
    person: str
    columns: tuple[str, ...]


SECTIONS = (
    Section(
        *("sign-ins", SessionRow, "user_id"),
        ("created_at", "last_seen_at", "expires_at", "revoked_at", "browser"),
    ),
    Section(
        *("company-accounts", ExternalIdentityRow, "user_id"),
        ("issuer", "subject", "email", "connected_at", "last_seen_at"),
    ),
    Section(
        *("provisioning", ScimResourceRow, "user_id"),
        (
            *("external_id", "display_name", "formatted_name", "given_name", "family_name"),
            *("emails", "created_at", "changed_at", "deleted_at"),
        ),
    ),
    Section("second-factor", SecondFactorRow, "user_id", ("created_at", "confirmed_at")),
    Section(
        *("feedback", FeedbackRow, "user_id"),
        ("message_id", "rating", "reason", "comment", "created_at", "updated_at"),
    ),
    Section(
        *("sent-questions", KnowledgeGapRow, "asker_id"),
        ("question", "searched_for", "note", "status", "asked_at", "reply", "replied_at"),
    ),
    Section(
        *("incidents", IncidentRow, "reporter_id"),
        (
            *("number", "kind", "is_near_miss", "words", "state", "outcome", "reply"),
            *("reported_at", "closed_at"),
        ),
    ),
    Section(
        *("quizzes", QuizResultRow, "user_id"),
        ("policy_number", "correct", "questions", "is_passed", "at"),
    ),
    Section("first-steps", FirstStepRow, "user_id", ("step", "at")),
    Section(
        *("answers", AnswerUsageRow, "user_id"),
        (
            *("created_at", "conversation_id", "message_id", "surface", "engine", "status"),
            *("group_names", "masked_values", "input_tokens", "output_tokens", "cost_micros"),
            *("currency", "total_ms"),
        ),
    ),
    Section(
        *("requests-to-models", ModelCallRow, "user_id"),
        (
            *("created_at", "surface", "purpose", "provider", "model_requested", "status"),
            *("input_tokens", "output_tokens", "cost_micros", "currency"),
        ),
    ),
    Section(
        *("refused-requests", RefusedCallRow, "user_id"),
        ("at", "surface", "purpose", "provider", "model", "reason"),
    ),
    Section(
        *("usage-by-day", UsageDayPersonRow, "user_id"),
        ("day", "surface", "model", "questions", "requests", "cost_micros", "currency"),
    ),
    Section("budgets", BudgetRow, "subject_id", ("period", "limit_micros", "currency", "set_at")),
    Section(
        *("spent-of-budgets", BudgetAccountRow, "subject_id"),
        ("first_day", "spent_micros", "reserved_micros"),
    ),
    Section(
        *("notifications", NotificationRow, "user_id"),
        ("happening", "idea_id", "at", "read_at", "mailed_at"),
    ),
    Section("mail", DigestChoiceRow, "user_id", ("choice", "sent_at")),
    Section(
        *("legal-holds", LegalHoldRow, "user_id"),
        ("conversation_id", "placed_at", "released_at"),
    ),
    Section("owned-collections", CollectionRow, "owner_id", ("name",)),
    Section("owned-documents", DocumentRow, "owner_id", ("id", "review_by")),
    Section(
        *("uploaded-files", DocumentVersionRow, "uploaded_by"),
        ("file_name", "size_bytes", "uploaded_at"),
    ),
    Section(
        *("audit-log", AuditEventRow, "actor_id"),
        ("at", "action", "object_id", "outcome", "origin"),
    ),
)


@dataclass(frozen=True, slots=True)
class Sources:
    """What other rooms hold of a person, with access as it is now."""

    conversations: Callable[[User], Iterable[Record]]
    ideas: Callable[[Session, str], Iterable[Record]]


class OwnData:
    """The export of one's own data, which needs no acknowledged policy."""

    def __init__(self, database: Database, sources: Sources) -> None:
        self._database = database
        self._sources = sources

    def export(self, user: User) -> bytes:
        """Return a zip file with one JSON file for each kind of data; it is audited."""
        require_account(user)
        if not user.id:
            raise NotFound("The terminal has no data of its own.")
        content: dict[str, Sequence[Record]] = {
            "conversations": list(self._sources.conversations(user))
        }
        with self._database.read() as session:
            content |= dict(_special(session, user.id))
            content["ideas"] = list(self._sources.ideas(session, user.id))
            content |= {one.name: _rows(session, one, user.id) for one in SECTIONS}
        with self._database.begin() as session:
            records = sum(len(rows) for rows in content.values())
            record_event(session, user, "own_data.exported", user.id, records=records)
        return _zip(content)


def _zip(content: Mapping[str, Sequence[Record]]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", f"{README}\n\nMade {now():%Y-%m-%d %H:%M} UTC.\n")
        for name, records in sorted(content.items()):
            text = json.dumps(records, ensure_ascii=False, indent=1, default=_plain)
            archive.writestr(f"{name}.json", text)
    return file.getvalue()


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def _rows(session: Session, section: Section, person_id: str) -> list[Record]:
    table = section.table
    columns = [getattr(table, name) for name in section.columns]
    query = select(*columns).where(getattr(table, section.person) == person_id)
    return [dict(zip(section.columns, row, strict=True)) for row in _tuples(session, query)]


def _tuples(session: Session, query: Any) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401  of any columns
    for row in session.execute(query).all():
        yield tuple(row)


def _special(session: Session, person_id: str) -> Iterator[tuple[str, list[Record]]]:
    """Yield what needs more than one table."""
    account = session.get_one(UserRow, person_id)
    fields = ("id", "email", "name", "role", "is_active", "is_emergency", "created_at")
    yield "account", [{name: getattr(account, name) for name in fields}]
    groups = (
        select(GroupRow.name)
        .join(MembershipRow, col(MembershipRow.group_id) == GroupRow.id)
        .where(MembershipRow.user_id == person_id)
    )
    yield "groups", [{"name": name} for name in session.exec(groups).all()]
    policy = (
        select(PolicyVersionRow.number, PolicyAnswerRow.decision, PolicyAnswerRow.at)
        .join(PolicyVersionRow, col(PolicyVersionRow.id) == PolicyAnswerRow.version_id)
        .where(PolicyAnswerRow.user_id == person_id)
    )
    yield (
        "policy",
        [
            {"version": number, "decision": decision, "at": at}
            for number, decision, at in session.exec(policy).all()
        ],
    )
    notes = (
        select(GuardNoteRow.message_id, GuardNoteRow.effect, GuardNoteRow.kind, GuardNoteRow.count)
        .join(MessageRow, col(MessageRow.id) == GuardNoteRow.message_id)
        .join(ConversationRow, col(ConversationRow.id) == MessageRow.conversation_id)
        .where(ConversationRow.user_id == person_id, col(ConversationRow.deleted_at).is_(None))
    )
    yield (
        "guard-notes",
        [
            {"message_id": message, "effect": effect, "kind": kind, "count": count}
            for message, effect, kind, count in session.exec(notes).all()
        ],
    )
    readings = (
        select(AuditEventRow.at, AuditEventRow.action, UserRow.name)
        .join(AuditSubjectRow, col(AuditSubjectRow.event_id) == AuditEventRow.id)
        .join(UserRow, col(UserRow.id) == AuditEventRow.actor_id, isouter=True)
        .where(AuditSubjectRow.user_id == person_id)
    )
    yield (
        "who-read-it",
        [
            {"at": at, "action": action, "by": name or ADMINISTRATOR}
            for at, action, name in session.exec(readings).all()
        ],
    )
