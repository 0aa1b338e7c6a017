"""Switches: what administrators turn off at once, and turn on again; each change is audited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from admin.spending.values import SwitchLine
from core.domain.access import require_admin
from core.domain.clock import now
from core.domain.costs.refusals import SwitchKind
from core.domain.identity import ADMINISTRATOR, User
from core.errors import Conflict, InvalidFields, NotFound
from core.guardrails.text import clean_line
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.privacy.attachments import is_shared_document, shared_document
from core.storage.queries.spending.switches import is_named
from core.storage.tables import DocumentRow, SwitchRow, UserRow

REASON_LENGTH = (3, 200)
NAME_MAX = 120
HISTORY = 100
CHOICES = 50
"""Documents that are offered for a search."""
DELETED = "a deleted document"


@dataclass(frozen=True, slots=True)
class Configured:
    """The names in use: of providers, models and versions of prompts."""

    providers: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()


class Switches:
    """What is turned off, for administrators.

    It holds for requests that begin, and within a sentence for answers that are being written.
    """

    def __init__(self, database: Database, configured: Configured) -> None:
        self._database = database
        self._configured = configured

    def list_all(self, admin: User) -> list[SwitchLine]:
        """Return what is off, the latest first, and then what was off before."""
        require_admin(admin)
        with self._database.read() as session:
            rows = session.exec(
                select(SwitchRow)
                .order_by(col(SwitchRow.on_at).is_not(None), col(SwitchRow.off_at).desc())
                .limit(HISTORY)
            ).all()
            titles, names = _titles(session, rows), _people(session, rows)
        return [self._line(row, titles, names) for row in rows]

    def choices(self, admin: User, kind: SwitchKind, search: str = "") -> Mapping[str, str]:
        """Return what can be turned off, by its name; of documents, those whose title fits."""
        require_admin(admin)
        match kind:
            case SwitchKind.PROVIDER:
                return {name: name for name in self._configured.providers}
            case SwitchKind.MODEL:
                return {name: name for name in self._configured.models}
            case SwitchKind.PROMPT:
                return {name: name for name in self._configured.prompts}
            case SwitchKind.DOCUMENT:
                return self._documents(search)

    def turn_off(self, admin: User, kind: SwitchKind, name: str, reason: str) -> SwitchLine:
        """Turn something off, for everyone and at once.

        Raises InvalidFields with a sentence for each field, and Conflict if it is off already.
        """
        require_admin(admin)
        name, reason = clean_line(name), clean_line(reason)
        row = SwitchRow(kind=kind.value, name=name, reason=reason, off_by=admin.id or None)
        try:
            with self._database.begin() as session:
                _require_valid(session, kind, name, reason)
                if _in_force(session, kind, name) is not None:
                    raise Conflict(ALREADY_OFF)
                session.add(row)
                record_event(session, admin, "switch.off", row.id, kind=kind.value, name=name)
                session.flush()
                titles, names = _titles(session, [row]), _people(session, [row])
        except IntegrityError:  # somebody else was a moment faster
            raise Conflict(ALREADY_OFF) from None
        return self._line(row, titles, names)

    def turn_on(self, admin: User, kind: SwitchKind, name: str) -> SwitchLine:
        """Turn something on again; raises NotFound if it is not off."""
        require_admin(admin)
        with self._database.begin() as session:
            row = _in_force(session, kind, clean_line(name))
            if row is None:
                raise NotFound("This is not turned off.")
            row.on_at, row.on_by = now(), admin.id or None
            record_event(session, admin, "switch.on", row.id, kind=kind.value, name=row.name)
            session.flush()
            return self._line(row, _titles(session, [row]), _people(session, [row]))

    def _line(
        self, row: SwitchRow, titles: Mapping[str, str], names: Mapping[str, str]
    ) -> SwitchLine:
        kind = SwitchKind(row.kind)
        is_document = kind is SwitchKind.DOCUMENT
        return SwitchLine(
            kind,
            row.name,
            titles.get(row.name, DELETED) if is_document else row.name,
            row.reason,
            names.get(row.off_by or "", ADMINISTRATOR),
            row.off_at,
            names.get(row.on_by or "", ADMINISTRATOR) if row.on_at else "",
            row.on_at,
            is_in_use=row.name in titles if is_document else self._is_in_use(kind, row.name),
        )

    def _is_in_use(self, kind: SwitchKind, name: str) -> bool:
        known = {
            SwitchKind.PROVIDER: self._configured.providers,
            SwitchKind.MODEL: self._configured.models,
            SwitchKind.PROMPT: self._configured.prompts,
        }
        return name.lower() in {each.lower() for each in known.get(kind, ())}

    def _documents(self, search: str) -> Mapping[str, str]:
        order = col(DocumentRow.title), col(DocumentRow.id)
        wanted = select(DocumentRow.id, DocumentRow.title).where(is_shared_document())
        wanted = wanted.order_by(*order)
        words = search.strip()
        if words:
            wanted = wanted.where(col(DocumentRow.title).icontains(words, autoescape=True))
        with self._database.read() as session:
            return dict(session.exec(wanted.limit(CHOICES)).all())


ALREADY_OFF = "This is turned off already."


def _require_valid(session: Session, kind: SwitchKind, name: str, reason: str) -> None:
    shortest, longest = REASON_LENGTH
    problems = {}
    if kind is SwitchKind.DOCUMENT and shared_document(session, name) is None:
        problems["name"] = "Choose a document."
    elif not 0 < len(name) <= NAME_MAX:
        problems["name"] = f"Give a name of 1 to {NAME_MAX} characters."
    if not shortest <= len(reason) <= longest:
        problems["reason"] = f"Say why in {shortest} to {longest} characters."
    if problems:
        raise InvalidFields(problems)


def _in_force(session: Session, kind: SwitchKind, name: str) -> SwitchRow | None:
    return session.exec(
        select(SwitchRow).where(
            SwitchRow.kind == kind.value, is_named(name), col(SwitchRow.on_at).is_(None)
        )
    ).first()


def _titles(session: Session, rows: Sequence[SwitchRow]) -> dict[str, str]:
    ids = {row.name for row in rows if row.kind == SwitchKind.DOCUMENT}
    found = session.exec(
        select(DocumentRow.id, DocumentRow.title).where(col(DocumentRow.id).in_(ids))
    )
    return dict(found.all())


def _people(session: Session, rows: Sequence[SwitchRow]) -> dict[str, str]:
    ids = {person for row in rows for person in (row.off_by, row.on_by) if person}
    found = session.exec(select(UserRow.id, UserRow.name).where(col(UserRow.id).in_(ids)))
    return dict(found.all())
