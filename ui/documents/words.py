"""Texts of the Documents page and of the keeping of sources, in one place for a translator."""

from datetime import date, datetime

from core.domain.clock import now
from core.domain.knowledge import DocumentState, Sensitivity
from core.domain.screening import ScreeningKind, Severity
from ingestion.files.media import FORMAT_NAMES, MediaType
from ingestion.library.catalogue import Decisions, Order, WorkInHand
from ingestion.library.fitness import Reliability
from ingestion.library.provenance import Provenance
from ingestion.library.reviews import ReviewState
from ingestion.library.stewardship import Details
from ui import words

CLASSES = {
    Sensitivity.PUBLIC: "Public",
    Sensitivity.INTERNAL: "Internal",
    Sensitivity.CONFIDENTIAL: "Confidential",
    Sensitivity.RESTRICTED: "Restricted",
}
REVIEWS = {
    ReviewState.NONE: "No review date",
    ReviewState.LATER: "Later",
    ReviewState.DUE: "Due within 30 days",
    ReviewState.OVERDUE: "Overdue",
}
RELIABILITY = {
    Reliability.GOOD: "Good",
    Reliability.LOOK: "Needs attention",
    Reliability.POOR: "Poor",
}
FINDINGS = {
    ScreeningKind.HIDDEN_TEXT: "Hidden text",
    ScreeningKind.INVISIBLE: "Invisible characters",
    ScreeningKind.INJECTION: "Text aimed at a language model",
    ScreeningKind.PERSONAL_DATA: "Personal data",
    ScreeningKind.SECRET: "Password or key",
}
SEVERITIES = {
    Severity.BLOCKING: "Blocking",
    Severity.NOTICE: "Needs attention",
    Severity.ROUTINE: "Information",
}
ORDERS = {
    Order.NEWEST: "Newest first",
    Order.NAME: "Name",
    Order.STATE: "Status",
    Order.REVIEW: "Next review",
    Order.LARGEST: "Largest first",
}


def format_name(media_type: MediaType) -> str:
    """`PDF`, `Word document`."""
    name = FORMAT_NAMES[media_type].removeprefix("a ").removeprefix("an ")
    return name[0].upper() + name[1:]


def work(work: WorkInHand) -> str:
    """`143 of 500 files, 2 failed`."""
    parts = [f"{work.finished:,} of {words.count(work.files, 'file')}"]
    for state, word in (
        (DocumentState.FAILED, "failed"),
        (DocumentState.QUARANTINED, "quarantined"),
        (DocumentState.PAUSED, "paused"),
    ):
        if work.counts.get(state):
            parts.append(f"{work.counts[state]:,} {word}")
    return ", ".join(parts)


def decisions(waiting: Decisions) -> str:
    """`3 documents need a decision: 1 held back, 2 failed`."""
    kinds = (
        (waiting.held, "quarantined"),
        (waiting.failed, "failed"),
        (waiting.overdue, "overdue"),
    )
    named = ", ".join(f"{number:,} {word}" for number, word in kinds if number)
    verb = "needs" if waiting.total == 1 else "need"
    return f"{words.count(waiting.total, 'document')} {verb} a decision: {named}"


def day(moment: date) -> str:
    """`1 May 2026`."""
    return f"{moment.day} {moment:%B %Y}"


def ago(moment: datetime) -> str:
    """`today`, `3 days ago`, `3 months ago`, `2 years ago`."""
    days = (now() - moment).days
    if days < 1:
        return "today"
    for length, unit in ((365, "year"), (30, "month"), (1, "day")):
        if days >= length:
            return f"{words.count(days // length, unit)} ago"
    raise AssertionError(days)


def stale(source: Provenance) -> str:
    """Why a reader should look twice: `older version`, `overdue for review since 1 May 2026`."""
    parts = [] if source.is_current else ["older version"]
    if source.review is ReviewState.OVERDUE and source.review_by is not None:
        parts.append(f"overdue for review since {day(source.review_by)}")
    return ", ".join(parts)


def review_of(details: Details) -> str:
    """`Handbook · Internal · overdue since 1 May 2026 · reviewed 14 months ago`."""
    parts = [details.collection_name, CLASSES[details.classification]]
    if details.review_by is not None:
        due = "overdue since" if details.review is ReviewState.OVERDUE else "review by"
        parts.append(f"{due} {day(details.review_by)}")
    if details.reviewed_at is not None:
        parts.append(f"reviewed {ago(details.reviewed_at)}")
    if details.source:
        parts.append(f"from {details.source}")
    return " · ".join(parts)


def keeping(source: Provenance) -> str:
    """`Owner: Anna Berg · Internal · reviewed 3 months ago`."""
    parts = [f"Owner: {source.owner_name}"] if source.owner_name else []
    parts.append(CLASSES[source.classification])
    if source.reviewed_at is not None:
        parts.append(f"reviewed {ago(source.reviewed_at)}")
    else:
        parts.append(f"uploaded {ago(source.uploaded_at)}")
    return " · ".join(parts)
