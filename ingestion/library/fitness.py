"""How far a document can be relied on: by its pages, its age and its readers' feedback."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlmodel import Session, case, col, distinct, func, select

from core.domain.clock import now
from core.storage.queries.privacy.attachments import is_shared_document
from core.storage.tables import (
    CitationRow,
    DocumentRow,
    DocumentVersionRow,
    FeedbackRow,
    MessageRow,
    PageRow,
    ScreeningFindingRow,
)
from ingestion.library.reviews import ReviewState, review_state

WINDOW_DAYS = 90
READABLE = 0.5
"""The quality below which the text of a page is more garbage than words."""
GOOD_QUALITY = 0.8
POOR_SHARE = 0.8
OLD_DAYS = 2 * 365
MANY_COMPLAINTS = 3


class Reliability(StrEnum):
    """The fitness of a document in one word."""

    GOOD = "good"
    LOOK = "needs attention"
    POOR = "poor"


class Concern(StrEnum):
    """A reason why a document is not good; the figures of its fitness say how much it matters."""

    NO_PAGES = "no pages read"
    UNREADABLE_PAGES = "unreadable pages"
    LOW_QUALITY = "low text quality"
    UNCERTAIN_RECOGNITION = "uncertain text recognition"
    OVERDUE = "overdue for review"
    LONG_UNREVIEWED = "not reviewed for years"
    RATED_NOT_HELPFUL = "rated not helpful"
    OPEN_FINDINGS = "open findings"


@dataclass(frozen=True, slots=True)
class Fitness:
    """The facts about a document's answering version, or about its newest if none answers.

    `quality` and `ocr_confidence` are means in [0, 1] over the pages that have one, None without
    any; `age_days` counts from the last review or upload, whichever is later; citations and
    thumbs down are those of the last 90 days.
    """

    pages: int
    readable_pages: int
    quality: float | None
    ocr_pages: int
    ocr_confidence: float | None
    age_days: int
    review: ReviewState
    times_cited: int
    thumbs_down: int
    open_findings: int

    @property
    def reliability(self) -> Reliability:
        """The worst verdict among the concerns."""
        if any(is_poor for is_poor, _ in self._graded_concerns()):
            return Reliability.POOR
        return Reliability.LOOK if self.concerns else Reliability.GOOD

    @property
    def concerns(self) -> tuple[Concern, ...]:
        """The reasons why the document is not good, the most serious first."""
        return tuple(
            concern
            for _, concern in sorted(self._graded_concerns(), key=lambda graded: not graded[0])
        )

    def _graded_concerns(self) -> list[tuple[bool, Concern]]:
        """Return the concerns, each with whether it alone makes the document poor.

        Poor: no page, under 80 % of the pages readable, mean quality under 0.5, or at least three
        thumbs down on at least a tenth of the answers that cite it. To be looked at: any page
        unreadable, mean quality or OCR confidence under 0.8, overdue for review, neither reviewed
        nor uploaded for two years, any thumbs down, any open finding of the upload checks.
        The limits are conventions of this product, chosen so that a clean recent document passes.
        """
        return [*self._of_pages(), *self._of_age(), *self._of_readers()]

    def _of_pages(self) -> list[tuple[bool, Concern]]:
        concerns = []
        if not self.pages:
            concerns.append((True, Concern.NO_PAGES))
        missing = self.pages - self.readable_pages
        if missing:
            is_poor = self.readable_pages < POOR_SHARE * self.pages
            concerns.append((is_poor, Concern.UNREADABLE_PAGES))
        if self.quality is not None and self.quality < GOOD_QUALITY:
            is_poor = self.quality < READABLE
            concerns.append((is_poor, Concern.LOW_QUALITY))
        if self.ocr_confidence is not None and self.ocr_confidence < GOOD_QUALITY:
            concerns.append((False, Concern.UNCERTAIN_RECOGNITION))
        return concerns

    def _of_age(self) -> list[tuple[bool, Concern]]:
        if self.review is ReviewState.OVERDUE:
            return [(False, Concern.OVERDUE)]
        if self.age_days > OLD_DAYS and self.review is ReviewState.NONE:
            return [(False, Concern.LONG_UNREVIEWED)]
        return []

    def _of_readers(self) -> list[tuple[bool, Concern]]:
        concerns = []
        if self.thumbs_down:
            is_poor = (
                self.thumbs_down >= MANY_COMPLAINTS and 10 * self.thumbs_down >= self.times_cited
            )
            concerns.append((is_poor, Concern.RATED_NOT_HELPFUL))
        if self.open_findings:
            concerns.append((False, Concern.OPEN_FINDINGS))
        return concerns


@dataclass(frozen=True, slots=True)
class _Pages:
    pages: int = 0
    readable: int = 0
    quality: float | None = None
    ocr_pages: int = 0
    ocr_confidence: float | None = None


@dataclass(frozen=True, slots=True)
class _Reactions:
    """The number of answers that cite a document, and of those with a thumbs down."""

    cited: int = 0
    complaints: int = 0


def fitness_of(session: Session, document_ids: Sequence[str]) -> dict[str, Fitness]:
    """Return the fitness by document id, in five queries in all; unknown ids are left out."""
    listed = select(DocumentRow).where(col(DocumentRow.id).in_(document_ids), is_shared_document())
    documents = session.exec(listed).all()
    versions = _versions(session, documents)
    pages = _pages(session, [version.id for version in versions.values()])
    findings = _findings(session, [version.id for version in versions.values()])
    reactions = _reactions(session, document_ids)
    return {
        document.id: _fitness(
            document,
            versions[document.id],
            pages.get(versions[document.id].id, _Pages()),
            reactions.get(document.id, _Reactions()),
            findings=findings.get(versions[document.id].id, 0),
        )
        for document in documents
        if document.id in versions
    }


def _fitness(
    document: DocumentRow,
    version: DocumentVersionRow,
    read: _Pages,
    reactions: _Reactions,
    *,
    findings: int,
) -> Fitness:
    looked_at = max(version.uploaded_at, document.reviewed_at or version.uploaded_at)
    return Fitness(
        pages=read.pages,
        readable_pages=read.readable,
        quality=read.quality,
        ocr_pages=read.ocr_pages,
        ocr_confidence=read.ocr_confidence,
        age_days=(now() - looked_at).days,
        review=review_state(document.review_by),
        times_cited=reactions.cited,
        thumbs_down=reactions.complaints,
        open_findings=findings,
    )


def _versions(session: Session, documents: Sequence[DocumentRow]) -> dict[str, DocumentVersionRow]:
    """Return the version that answers, or the newest where none does."""
    current = {document.id: document.current_version_id for document in documents}
    chosen: dict[str, DocumentVersionRow] = {}
    for row in session.exec(
        select(DocumentVersionRow)
        .where(col(DocumentVersionRow.document_id).in_(current))
        .order_by(col(DocumentVersionRow.number))
    ).all():
        previous = chosen.get(row.document_id)
        if previous is None or previous.id != current[row.document_id]:
            chosen[row.document_id] = row
    return chosen


def _pages(session: Session, version_ids: Sequence[str]) -> dict[str, _Pages]:
    quality = func.coalesce(PageRow.quality, 1.0)
    is_readable = (func.length(PageRow.text) > 0) & (quality >= READABLE)
    rows: Sequence[Any] = session.exec(  # Any: select() has no overload for six columns
        select(
            PageRow.version_id,
            func.count(),
            func.sum(case((is_readable, 1), else_=0)),
            func.avg(PageRow.quality),
            func.count(col(PageRow.ocr_confidence)),
            func.avg(PageRow.ocr_confidence),
        )  # type: ignore[call-overload]  # see above
        .where(col(PageRow.version_id).in_(version_ids))
        .group_by(col(PageRow.version_id))
    ).all()
    return {version_id: _Pages(*figures) for version_id, *figures in rows}


def _findings(session: Session, version_ids: Sequence[str]) -> dict[str, int]:
    """Return findings that hold a version back and that no administrator has decided about.

    Those that are only noted, such as an e-mail address, say nothing about its fitness.
    """
    rows = session.exec(
        select(ScreeningFindingRow.version_id, func.count())
        .join(DocumentVersionRow, col(DocumentVersionRow.id) == ScreeningFindingRow.version_id)
        .where(
            col(ScreeningFindingRow.version_id).in_(version_ids),
            col(ScreeningFindingRow.is_blocking),
            DocumentVersionRow.decision == "",
        )
        .group_by(col(ScreeningFindingRow.version_id))
    ).all()
    return dict(rows)


def _reactions(session: Session, document_ids: Sequence[str]) -> dict[str, _Reactions]:
    """Return the reactions of readers by document id; documents never cited are left out."""
    rows: Sequence[tuple[str, int, int]] = session.exec(
        select(
            CitationRow.document_id,
            func.count(distinct(col(CitationRow.message_id))),
            func.count(distinct(col(FeedbackRow.message_id))),
        )
        .join(MessageRow, col(MessageRow.id) == CitationRow.message_id)
        .join(
            FeedbackRow,
            (col(FeedbackRow.message_id) == CitationRow.message_id) & (col(FeedbackRow.rating) < 0),
            isouter=True,
        )
        .where(
            col(CitationRow.document_id).in_(document_ids),
            col(CitationRow.is_nearest).is_(False),
            col(MessageRow.created_at) >= _window(),
        )
        .group_by(col(CitationRow.document_id))
    ).all()
    return {document_id: _Reactions(answers, down) for document_id, answers, down in rows}


def _window() -> datetime:
    return now() - timedelta(days=WINDOW_DAYS)
