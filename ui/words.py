"""Texts and number formats of the pages, in one place for a translator."""

from datetime import UTC, datetime

from core.domain.answers import (
    NOT_SAID_DIRECTLY,
    PASSAGES,
    SANDBOX,
    Answer,
    AnswerLevel,
    AnswerSentence,
    Citation,
    Support,
    TokenUsage,
    UsageSource,
)
from core.domain.conversations import FeedbackReason
from core.domain.ideas.card import IdeaCategory
from core.domain.knowledge import NUMBERED_LABELS, DocumentState
from core.domain.text import amounts, plurals
from core.domain.text.dates import long_date
from core.guardrails.markdown import literal, unlinked
from ingestion.values import PageView

count = plurals.count
money = amounts.money
seconds = amounts.seconds

FEEDBACK_REASONS = {
    FeedbackReason.INCORRECT: "It is wrong",
    FeedbackReason.NOT_IN_SOURCE: "The source does not say this",
    FeedbackReason.OUTDATED: "The source is outdated",
    FeedbackReason.INCOMPLETE: "Something is missing",
    FeedbackReason.WRONG_DOCUMENT: "Wrong document",
    FeedbackReason.REFUSED: "It should have answered",
    FeedbackReason.TOO_SLOW: "Too slow",
    FeedbackReason.UNSAFE: "Sensitive or unsafe",
    FeedbackReason.OTHER: "Something else",
}

CATEGORIES = {
    IdeaCategory.INTERNAL_OPTIMISATION: "Internal optimisation",
    IdeaCategory.BETTER_PRODUCT: "Better product",
    IdeaCategory.NEW_BUSINESS_MODEL: "New business model",
}

DOCUMENT_STATES = {
    DocumentState.QUEUED: "Waiting",
    DocumentState.PARSING: "Reading",
    DocumentState.INDEXING: "Indexing",
    DocumentState.READY: "Ready",
    DocumentState.FAILED: "Failed",
    DocumentState.QUARANTINED: "Quarantined",
    DocumentState.REJECTED: "Rejected",
    DocumentState.PAUSED: "Paused",
    DocumentState.CANCELLED: "Cancelled",
}

DOUBTS = {
    Support.SUPPORTED: "",
    Support.WEAK: "Only partly supported by its source. Open the source before you rely on it.",
    Support.UNSUPPORTED: "No source supports this sentence. Check it before you rely on it.",
    Support.NOT_CHECKED: "Its source is in another language. Open the source to check it.",
}

MARKS = {
    Support.WEAK.value: "Partly supported",
    Support.UNSUPPORTED.value: "Not supported",
    Support.NOT_CHECKED.value: "Not checked",
}
"""What the mark at a sentence is called."""

WITHOUT_QUOTES = "Answered by the sandbox itself. Nothing is quoted from documents."

SOURCE_PAGES = {
    "previous": "Previous page",
    "next": "Next page",
    "page": "Page",
    "of": "of {pages}",
    "smaller": "Zoom out",
    "larger": "Zoom in",
    "fit": "Fit width",
    "image": "Page",
    "text": "Text",
    "views": "Show the page or its text",
    "back": "Back to the quote",
    "frame": "Pages of the source",
}
"""Of the buttons around the pages of a source."""

_STREAMED = str.maketrans({c: f"\\{c}" for c in "[$<&:"})


def plain(text: str) -> str:
    """Escape text of people and documents, so Streamlit's Markdown shows it letter for letter."""
    return literal(text)


def streamed(text: str) -> str:
    """Prepare an answer being written: lists as Markdown, markers as text, no links."""
    return unlinked(text).translate(_STREAMED)


def streamed_quote(text: str) -> str:
    """Prepare a line of the passage engine, `> words [1]`, with the words letter for letter."""
    breaks, mark, quote = text.partition("> ")
    return f"{breaks}{mark}{plain(quote)}" if mark and not breaks.strip() else plain(text)


def shortened(text: str, length: int) -> str:
    """Cut at a word, to at most `length` characters."""
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0] + "…"


KILO = 1024


def size(of: int) -> str:
    """Return `120 kB`, `1.2 MB`."""
    kilobytes = of / KILO
    return f"{kilobytes / KILO:.1f} MB" if kilobytes >= KILO else f"{max(kilobytes, 1):.0f} kB"


def engine(name: str) -> str:
    """Tell an employee who wrote an answer."""
    names = {
        PASSAGES: "document passages, no language model",
        SANDBOX: "the sandbox itself, without documents",
    }
    return names.get(name, name)


def day(moment: datetime, today: datetime | None = None) -> str:
    """Return `Today`, `Yesterday` or the date."""
    distance = ((today or datetime.now(UTC)).date() - moment.date()).days
    if distance in (0, 1):
        return ("Today", "Yesterday")[distance]
    return long_date(moment)


def place(citation: Citation) -> str:
    """Return `page 3`, `slide 2`, `sheet Rates A2:F120`."""
    return citation.place


def page_place(page: PageView) -> str:
    """Return `page 3 of 12`, `sheet Rates`; with a note if a newer version exists."""
    is_numbered = page.label in NUMBERED_LABELS
    where = f"{page.label} {page.number} of {page.page_count}" if is_numbered else page.label
    return where if page.is_current else f"{where} · older version {page.version}"


def part_of_page(part: int, parts: int) -> str:
    """Return `part 2 of 9` for a long page; empty if it is drawn whole."""
    return f"part {part} of {parts}" if parts > 1 else ""


def page_image(page: PageView, *, is_marked: bool) -> str:
    """Describe the image of a page to who cannot see it."""
    marks = " with the quoted words marked" if is_marked else ""
    return f"Image of {page_place(page)}{marks}. Its words are under Text."


def doubt(sentence: AnswerSentence) -> str:
    """Say why a sentence is marked, in a sentence; empty if it is supported."""
    if sentence.support is Support.SUPPORTED or not sentence.reason:
        return DOUBTS[sentence.support]
    reason = sentence.reason.rstrip(".")
    return f"{reason[0].upper()}{reason[1:]}."


def supported(answer: Answer) -> str:
    """Return `5 of 6 sentences supported`, with the number that could not be checked."""
    supports = [sentence.support for sentence in answer.sentences]
    unchecked = supports.count(Support.NOT_CHECKED)
    number = supports.count(Support.SUPPORTED)
    told = f"{number} of {count(len(supports), 'sentence')} supported"
    return f"{told}, {unchecked} not checked" if unchecked else told


def answer_caption(answer: Answer, stale_sources: int = 0) -> str:
    """Return `5 of 6 sentences supported · 3 documents, 1 of them overdue or replaced · 1.2 s`."""
    is_quoted = answer.engine == PASSAGES
    parts = [supported(answer)] if answer.sentences and not is_quoted else []
    if answer.citations:
        found = count(len({c.document_id for c in answer.citations}), "document")
        stale = f", {stale_sources} of them overdue or replaced" if stale_sources else ""
        parts.append(f"Quoted word for word from {found}{stale}" if is_quoted else found + stale)
    if answer.level is AnswerLevel.TALK:
        return WITHOUT_QUOTES
    # The unit never begins a line.
    parts.append(seconds(answer.timing.total_ms).replace(" ", "\u00a0"))
    if answer.usage.source is not UsageSource.NONE:
        parts.append(_cost(answer.usage))
    return " · ".join(parts)


def rows_left_out(number: int, where: str) -> str:
    """Return `3 rows above`; empty if none are left out."""
    return f"{count(number, 'row')} {where}" if number > 0 else ""


def completion(answer: Answer) -> str:
    """Say to a screen reader that an answer is complete, with what is short enough to be heard."""
    if answer.level is AnswerLevel.POSSIBLY:
        return f"Answer complete: {NOT_SAID_DIRECTLY}"
    told = answer.lead or (answer.text if answer.abstained else "")
    return f"Answer complete: {shortened(told, 200)}" if told else "The answer is complete."


def _cost(usage: TokenUsage) -> str:
    about = "about " if usage.source is UsageSource.ESTIMATED else ""
    if not usage.cost_micros:
        return f"{about}{usage.input_tokens + usage.output_tokens:,} tokens"
    return about + money(usage.cost_micros, usage.currency)
