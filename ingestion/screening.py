"""Screens a document at the door: invisible characters go, planted instructions are held back."""

from dataclasses import replace

from core.domain.knowledge import PAGE_SEPARATOR, Page, ParsedDocument
from core.errors import UnreadableDocument
from core.guardrails.injection import find_injections
from core.guardrails.text import clean

SHOWN_AROUND = 60
SHOWN_AT_MOST = 240


class SuspiciousDocument(UnreadableDocument):
    """The text speaks to a language model; an admin has to look at it first."""


def screened(document: ParsedDocument) -> ParsedDocument:
    """The document as people see it.

    Raises SuspiciousDocument with the passage if it holds phrases aimed at a model.
    """
    cleaned = replace(
        document,
        title=_cleaned(document.title),
        pages=tuple(replace(page, text=_cleaned(page.text)) for page in document.pages),
    )
    if not cleaned.text.strip():
        raise UnreadableDocument("The file holds invisible characters only.")
    for page in cleaned.pages:
        _refuse_injections(page)
    return cleaned


def _cleaned(text: str) -> str:
    # Parsers remove control characters, so what is left of ASCII is visible.
    return text if text.isascii() else clean(text).text.replace(PAGE_SEPARATOR, "\n")


def _refuse_injections(page: Page) -> None:
    for hit in find_injections(page.text):
        start = max(0, hit.start - SHOWN_AROUND)
        passage = page.text[start : min(hit.end + SHOWN_AROUND, start + SHOWN_AT_MOST)]
        raise SuspiciousDocument(
            f"{page.label.capitalize()} {page.number} holds text aimed at a language model "
            f"({hit.rule}): “{' '.join(passage.split())}”. Check the document before it is used."
        )
