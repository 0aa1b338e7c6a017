"""Writes and reads what the upload checks found in a document version."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import delete
from sqlmodel import Session, col, select

from core.domain.screening import ScreeningFinding, ScreeningKind
from core.storage.queries.privacy.attachments import is_shared_document
from core.storage.tables import DocumentRow, ScreeningFindingRow

IDS_PER_QUERY = 500


def store_findings(session: Session, version_id: str, findings: Sequence[ScreeningFinding]) -> None:
    """Store the findings in order, in place of those of an earlier reading."""
    is_mine = col(ScreeningFindingRow.version_id) == version_id
    session.execute(delete(ScreeningFindingRow).where(is_mine))
    session.add_all(_row(version_id, finding) for finding in findings)
    session.flush()


def add_finding(session: Session, version_id: str, finding: ScreeningFinding) -> bool:
    """Add a finding to those of a version; return whether it was not there before."""
    known = findings_of(session, version_id)
    same = (finding.kind, finding.page, finding.original_id)
    if same in {(one.kind, one.page, one.original_id) for one in known}:
        return False
    session.add(_row(version_id, finding))
    return True


def findings_of(session: Session, version_id: str) -> tuple[ScreeningFinding, ...]:
    """Return the findings of a version, the blocking ones first; empty if there are none."""
    return findings_by_version(session, [version_id]).get(version_id, ())


def findings_by_version(
    session: Session, version_ids: Sequence[str]
) -> dict[str, tuple[ScreeningFinding, ...]]:
    """Return the findings of several versions; those without any are left out."""
    by_version: dict[str, list[ScreeningFinding]] = defaultdict(list)
    for start in range(0, len(version_ids), IDS_PER_QUERY):
        batch = version_ids[start : start + IDS_PER_QUERY]
        rows = session.exec(
            select(ScreeningFindingRow, DocumentRow.title)
            .join(
                DocumentRow,
                (col(DocumentRow.id) == ScreeningFindingRow.original_id) & is_shared_document(),
                isouter=True,
            )
            .where(col(ScreeningFindingRow.version_id).in_(batch))
            .order_by(col(ScreeningFindingRow.id))
        ).all()
        for row, original in rows:
            by_version[row.version_id].append(_finding(row, original or ""))
    return {version_id: tuple(findings) for version_id, findings in by_version.items()}


def _row(version_id: str, finding: ScreeningFinding) -> ScreeningFindingRow:
    return ScreeningFindingRow(
        version_id=version_id,
        page=finding.page,
        kind=finding.kind.value,
        rule=finding.rule[:60],
        is_blocking=finding.is_blocking,
        count=finding.count,
        excerpt=finding.excerpt,
        start=finding.start,
        end=finding.end,
        original_id=finding.original_id,
    )


def _finding(row: ScreeningFindingRow, original: str) -> ScreeningFinding:
    return ScreeningFinding(
        row.page,
        ScreeningKind(row.kind),
        row.rule,
        row.count,
        row.excerpt,
        row.is_blocking,
        row.start,
        row.end,
        row.original_id,
        original,
    )
