"""Compares the audit log with its seals and with the head that was kept outside the database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import Row, inspect, select
from sqlmodel import Session, col

from core.storage.audit.anchor import Anchor, Head
from core.storage.audit.chain import (
    AT_ONCE,
    BEGINNING,
    facts_of,
    newest_head,
    seal_digest,
    sealed_text,
    subjects_of,
)
from core.storage.audit.key import SecretKey
from core.storage.tables import AuditEventRow, AuditSealRow

MOST_NAMED = 1_000
LEAST_NUMBER = -(2**31)
"""Below any number that a column holds: a forged seal may have a negative one."""


class Damage(StrEnum):
    """What is wrong with an entry, or with the end of the log."""

    CHANGED = "changed"
    REMOVED = "removed"
    DETACHED = "detached"
    UNSEALED = "unsealed"
    OTHER_KEY = "other_key"
    CUT = "cut"
    OTHER_HEAD = "other_head"
    NO_HEAD = "no_head"


@dataclass(frozen=True, slots=True)
class Finding:
    """One damage: the number of the entry in the chain, and the id of its event; 0 for none.

    Of CUT, `number` is the first missing entry.
    """

    damage: Damage
    number: int = 0
    event_id: int = 0


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a check found: entries read, the newest seal, the kept head, and up to 1,000 findings.

    `damaged` counts all of them.
    """

    entries: int
    head: Head | None
    kept: Head | None
    damaged: int
    findings: Sequence[Finding]

    @property
    def is_whole(self) -> bool:
        """Whether every entry is as it was written, and none is missing."""
        return self.damaged == 0


def check_chain(
    session: Session, key: SecretKey, anchor: Anchor, *, noted: Sequence[Head] = ()
) -> ChainReport:
    """Read all entries and seals; `noted` are heads that somebody wrote down earlier.

    The session has to be one transaction that sees one state; the log may grow meanwhile.
    """
    # Before the log, which may go on: a head of entries that this transaction cannot see would
    # look like a cut.
    kept = anchor.read()
    walk = _Walk(session, key)
    findings = [
        *walk.findings(),
        *_unsealed(session),
        *_head_findings(session, walk.head, [*([kept] if kept else []), *noted]),
    ]
    if kept is None and walk.head is not None:
        findings.append(Finding(Damage.NO_HEAD))
    return ChainReport(walk.entries, walk.head, kept, len(findings), tuple(findings[:MOST_NAMED]))


class _Walk:
    """Goes through the chain from its beginning."""

    def __init__(self, session: Session, key: SecretKey) -> None:
        self._session = session
        self._key = key
        self.entries = 0
        self.head: Head | None = None

    def findings(self) -> Iterator[Finding]:
        last, is_sound, after = Head(0, BEGINNING), True, LEAST_NUMBER
        while rows := self._next(after):
            named = subjects_of(self._session, [seal.event_id for seal in rows])
            for seal in rows:
                missing = range(last.number + 1, seal.number)
                named_ones = islice(missing, MOST_NAMED)  # a forged number may be a huge one
                yield from (Finding(Damage.REMOVED, number) for number in named_ones)
                damage = self._damage(seal, named.get(seal.event_id, ()))
                if damage is None and not missing and is_sound and seal.previous != last.digest:
                    damage = Damage.DETACHED
                if damage is not None:
                    yield Finding(damage, seal.number, seal.event_id)
                last, is_sound = Head(max(seal.number, 0), seal.digest), damage is None
                after, self.entries = seal.number, self.entries + 1
        self.head = last if self.entries else None

    def _next(self, after: int) -> Sequence[Row[Any]]:
        """Return seals with the columns of their events, without making objects of them."""
        return self._session.execute(
            select(*inspect(AuditSealRow).columns, *inspect(AuditEventRow).columns)
            .join(AuditEventRow, col(AuditEventRow.id) == AuditSealRow.event_id, isouter=True)
            .where(col(AuditSealRow.number) > after)
            .order_by(col(AuditSealRow.number))
            .limit(AT_ONCE)
        ).all()

    def _damage(self, seal: Row[Any], subjects: Sequence[str]) -> Damage | None:
        if seal.id is None:
            return Damage.REMOVED
        text = sealed_text(facts_of(seal), subjects)
        if seal.digest == seal_digest(self._key, seal.number, seal.previous, text):
            return None
        return Damage.CHANGED if seal.key_id == self._key.name else Damage.OTHER_KEY


def _unsealed(session: Session) -> Iterator[Finding]:
    """Yield events that were added beside the program, or while it had no key."""
    if newest_head(session) is None:
        return
    ids = session.scalars(
        select(col(AuditEventRow.id))
        .join(AuditSealRow, col(AuditSealRow.event_id) == AuditEventRow.id, isouter=True)
        .where(col(AuditSealRow.number).is_(None))
        .order_by(col(AuditEventRow.id))
    )
    yield from (Finding(Damage.UNSEALED, event_id=one or 0) for one in ids.all())


def _head_findings(
    session: Session, newest: Head | None, heads: Sequence[Head]
) -> Iterator[Finding]:
    """Yield what the chain lacks of heads that were kept or noted."""
    end = newest.number if newest else 0
    for head in heads:
        if head.number > end:
            yield Finding(Damage.CUT, end + 1)
            continue
        seal = session.get(AuditSealRow, head.number)
        if head.number and (seal is None or seal.digest != head.digest):
            yield Finding(Damage.OTHER_HEAD, head.number, seal.event_id if seal else 0)
