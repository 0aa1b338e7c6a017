"""Texts of the Documents page, in one place for a translator."""

from datetime import date, datetime
from typing import assert_never

from core.domain.clock import now
from core.domain.knowledge import DocumentState, Sensitivity
from core.domain.screening import ScreeningFinding, ScreeningKind, Severity
from ingestion.files.media import FORMAT_NAMES, MediaType
from ingestion.library.catalogue import Decisions, Order, WorkInHand
from ingestion.library.fitness import Concern, Fitness, Reliability
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
    ScreeningKind.COPY: "Near copy",
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


def copied_from(finding: ScreeningFinding) -> str:
    """Return `of “Travel policy”, which was quarantined or withdrawn`; "" for what is no copy."""
    if finding.kind is not ScreeningKind.COPY:
        return ""
    title = f"“{finding.original}”" if finding.original else "a deleted document"
    return f"of {title}, which was quarantined or withdrawn"


def format_name(media_type: MediaType) -> str:
    """Return `PDF`, `Word document`."""
    name = FORMAT_NAMES[media_type].removeprefix("a ").removeprefix("an ")
    return name[0].upper() + name[1:]


def work(work: WorkInHand) -> str:
    """Return `143 of 500 files, 2 failed`."""
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
    """Return `3 documents need a decision: 1 quarantined, 2 failed`."""
    kinds = (
        (waiting.held, "quarantined"),
        (waiting.failed, "failed"),
        (waiting.overdue, "overdue"),
    )
    named = ", ".join(f"{number:,} {word}" for number, word in kinds if number)
    verb = "needs" if waiting.total == 1 else "need"
    return f"{words.count(waiting.total, 'document')} {verb} a decision: {named}"


def concern(concern: Concern, fitness: Fitness) -> str:
    """Say in a sentence what keeps a document from being reliable."""
    match concern:
        case Concern.NO_PAGES:
            return "No pages were read."
        case Concern.UNREADABLE_PAGES:
            missing = fitness.pages - fitness.readable_pages
            return f"{missing} of {words.count(fitness.pages, 'page')} cannot be read."
        case Concern.LOW_QUALITY:
            return f"The text is hard to read (quality {fitness.quality or 0:.0%})."
        case Concern.UNCERTAIN_RECOGNITION:
            sure = f"{fitness.ocr_confidence or 0:.0%}"
            return f"Words recognised in images are uncertain ({sure} confidence)."
        case Concern.OVERDUE:
            return "Overdue for review."
        case Concern.LONG_UNREVIEWED:
            return f"Not reviewed for {words.count(fitness.age_days // 365, 'year')}."
        case Concern.RATED_NOT_HELPFUL:
            cited = words.count(fitness.times_cited, "answer")
            return f"{fitness.thumbs_down} of {cited} citing it rated not helpful."
        case Concern.OPEN_FINDINGS:
            return f"{words.count(fitness.open_findings, 'finding')} from the upload checks."
        case _:
            assert_never(concern)


def day(moment: date) -> str:
    """Return `1 May 2026`."""
    return f"{moment.day} {moment:%B %Y}"


def ago(moment: datetime) -> str:
    """Return `today`, `3 days ago`, `2 weeks ago`, `2 years ago`."""
    days = (now() - moment).days
    if days < 1:
        return "today"
    for length, unit in ((365, "year"), (30, "month"), (7, "week"), (1, "day")):
        if days >= length:
            return f"{words.count(days // length, unit)} ago"
    raise AssertionError(days)


def stale(source: Provenance) -> str:
    """Say why to look twice: `older version`, `overdue for review since 1 May 2026`."""
    parts = [] if source.is_current else ["older version"]
    if source.review is ReviewState.OVERDUE and source.review_by is not None:
        parts.append(f"overdue for review since {day(source.review_by)}")
    return ", ".join(parts)


def review_of(details: Details) -> str:
    """Return `Handbook · Internal · overdue since 1 May 2026 · reviewed 14 months ago`."""
    parts = [details.collection_name, CLASSES[details.classification]]
    if details.review_by is not None:
        due = "overdue since" if details.review is ReviewState.OVERDUE else "review by"
        parts.append(f"{due} {day(details.review_by)}")
    if details.reviewed_at is not None:
        parts.append(f"reviewed {ago(details.reviewed_at)}")
    if details.source:
        parts.append(f"from {details.source}")
    return " · ".join(parts)


def origin(file_name: str, source: Provenance) -> str:
    """Return `handbook.pdf · version 2`."""
    return f"{file_name} · version {source.version}"


def keeping(source: Provenance) -> str:
    """Return `Handbook · Owner: Anna Berg · Internal · reviewed 3 months ago`.

    A file of a conversation is in no collection.
    """
    parts = [source.collection_name or "Attached to this chat"]
    if source.owner_name:
        parts.append(f"Owner: {source.owner_name}")
    parts.append(CLASSES[source.classification])
    if source.reviewed_at is not None:
        parts.append(f"reviewed {ago(source.reviewed_at)}")
    else:
        parts.append(f"uploaded {ago(source.uploaded_at)}")
    return " · ".join(parts)
