"""Fingerprints of poisoned passages: kept, read, and given up."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete
from sqlmodel import Session, col, select

from core.domain.screening import Poison
from core.storage.tables import PoisonFingerprintRow


@dataclass(frozen=True, slots=True)
class KnownPoison:
    """One poisoned passage: the document it stood in, and its fingerprints as they are stored."""

    document_id: str
    version_id: str
    reason: Poison
    stored: bytes


def known_poison(session: Session) -> list[KnownPoison]:
    """Return all passages whose copies are looked for."""
    rows = session.exec(select(PoisonFingerprintRow).order_by(col(PoisonFingerprintRow.id))).all()
    return [KnownPoison(r.document_id, r.version_id, Poison(r.reason), r.numbers) for r in rows]


def keep_poison(
    session: Session,
    document_id: str,
    version_id: str,
    reason: Poison,
    passages: Iterable[bytes],
) -> None:
    """Keep the fingerprints of passages, in place of those of the same version and reason."""
    forget_poison(session, version_id, reason)
    session.add_all(
        PoisonFingerprintRow(
            document_id=document_id,
            version_id=version_id,
            reason=reason.value,
            numbers=passage,
        )
        for passage in passages
        if passage
    )


def forget_poison(session: Session, version_id: str, reason: Poison) -> None:
    """Give up the fingerprints of a version that were kept for this reason."""
    session.execute(
        delete(PoisonFingerprintRow).where(
            col(PoisonFingerprintRow.version_id) == version_id,
            col(PoisonFingerprintRow.reason) == reason.value,
        )
    )


def erase_poison(session: Session, document_ids: Iterable[str]) -> None:
    """Remove whatever was kept of these documents."""
    session.execute(
        delete(PoisonFingerprintRow).where(
            col(PoisonFingerprintRow.document_id).in_(list(document_ids))
        )
    )
