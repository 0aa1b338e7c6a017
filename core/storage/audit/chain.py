"""Seals events of the audit log as the last step of the transaction that writes them."""

import json
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, insert
from sqlmodel import Session, col, func, select

from core.errors import SandboxError
from core.storage.audit.anchor import Anchor, Head
from core.storage.audit.key import SecretKey
from core.storage.tables import AuditEventRow, AuditSealRow, AuditSubjectRow

logger = logging.getLogger(__name__)

UNSEALED = "unsealed audit events"
"""Where `record_event` leaves the events of a transaction for the seal, in `session.info`."""

BEGINNING = "0" * 64
"""What the first seal has for the digest before it."""

ADVISORY_LOCK = 7_136_202_611
"""The number by which seals of PostgreSQL wait for each other."""

AT_ONCE = 1_000


class AuditChain:
    """Adds seals, and keeps the newest one outside the database as well.

    In PostgreSQL, transactions with events wait for each other from here to their commit, which is
    all they still have to do: whoever waits can hold up nobody that is let in. SQLite has one
    writer anyway.
    """

    def __init__(self, key: SecretKey, anchor: Anchor) -> None:
        self.key = key
        self.anchor = anchor

    def seal(self, session: Session) -> Head | None:
        """Seal the events of this transaction; return the head to keep once it is committed.

        The first seals of all take in what was recorded before there were any. Returns None without
        events, and where the head outside the database shows that entries are missing: it stays
        as it is, for `verify` to tell.
        """
        written: list[AuditEventRow] = session.info.pop(UNSEALED, [])
        if not written:
            return None
        session.flush()
        if session.get_bind().dialect.name == "postgresql":
            session.exec(select(func.pg_advisory_xact_lock(ADVISORY_LOCK)))
        start = newest_head(session)
        if start is None:
            head = self._seal_all(session, Head(0, BEGINNING))
            return None if self.anchor.is_there else head
        kept = [row for row in written if row in session]
        head = self._add(session, start, [facts_of(row) for row in kept])
        return head if self._follows_anchor(session, start) else None

    def keep(self, head: Head | None) -> None:
        """Keep the head outside the database; a disk that refuses is logged."""
        if head is None:
            return
        try:
            self.anchor.write(head)
        except SandboxError:
            logger.exception("the head of the audit log was not kept number=%s", head.number)

    def _seal_all(self, session: Session, head: Head) -> Head:
        """Seal everything there is, in the order in which it was recorded."""
        after = 0
        while True:
            rows = session.exec(
                select(AuditEventRow)
                .where(col(AuditEventRow.id) > after)
                .order_by(col(AuditEventRow.id))
                .limit(AT_ONCE)
            ).all()
            if not rows:
                return head
            head = self._add(session, head, [facts_of(row) for row in rows])
            after = rows[-1].id or 0

    def _add(self, session: Session, head: Head, events: Sequence[Mapping[str, object]]) -> Head:
        named, seals = subjects_of(session, [_id(event) for event in events]), []
        for event in events:
            number, text = head.number + 1, sealed_text(event, named.get(_id(event), ()))
            digest = seal_digest(self.key, number, head.digest, text)
            seals.append(
                {
                    "number": number,
                    "event_id": event["id"],
                    "previous": head.digest,
                    "digest": digest,
                    "key_id": self.key.name,
                }
            )
            head = Head(number, digest)
        if seals:
            session.execute(insert(AuditSealRow), seals)
        return head

    def _follows_anchor(self, session: Session, start: Head) -> bool:
        """Return whether the head that was kept last is in the chain that is continued."""
        kept = self.anchor.read()
        if kept == start:
            return True
        found = session.get(AuditSealRow, kept.number) if kept is not None else None
        if kept is None or found is None or found.digest != kept.digest:
            logger.error("the audit log is not what it was; run: sandbox_cli.py audit verify")
            return False
        return True


def newest_head(session: Session) -> Head | None:
    """Return the newest seal, None if there is none yet."""
    row = session.exec(
        select(AuditSealRow).order_by(col(AuditSealRow.number).desc()).limit(1)
    ).first()
    return Head(row.number, row.digest) if row else None


def facts_of(row: AuditEventRow | Row[Any]) -> dict[str, object]:
    """Return what a seal covers of an event, besides the people it names."""
    return {
        "id": row.id,
        "at": row.at,
        "actor": row.actor_id,
        "action": row.action,
        "object": row.object_id,
        "outcome": row.outcome,
        "origin": row.origin,
        "details": row.details,
    }


def sealed_text(event: Mapping[str, object], subjects: Iterable[str]) -> str:
    """Write an event in the one form that its seal is made of."""
    return json.dumps(
        {**event, "subjects": sorted(subjects)}, sort_keys=True, separators=(",", ":"), default=_iso
    )


def seal_digest(key: SecretKey, number: int, previous: str, text: str) -> str:
    """Return the digest of a seal."""
    return key.digest("seal", f"{number}\n{previous}\n{text}")


def subjects_of(session: Session, event_ids: Collection[int]) -> dict[int, list[str]]:
    """Return the people whose texts were read in these events, by event."""
    found: dict[int, list[str]] = {}
    for row in session.exec(
        select(AuditSubjectRow).where(col(AuditSubjectRow.event_id).in_(event_ids))
    ):
        found.setdefault(row.event_id, []).append(row.user_id)
    return found


def _id(event: Mapping[str, object]) -> int:
    number = event["id"]
    assert isinstance(number, int)  # noqa: S101  stored events have one
    return number


def _iso(value: object) -> str:
    assert isinstance(value, datetime)  # noqa: S101  nothing else is no JSON
    return value.astimezone(UTC).isoformat(timespec="microseconds")
