"""Looks at words that are in a file and not on its pages: white, tiny, off the page."""

import re
from collections.abc import Iterator, Sequence

from core.domain.knowledge import HiddenText
from core.domain.screening import EXCERPT_CHARS, ScreeningFinding, ScreeningKind
from core.guardrails.injection import find_injections
from core.guardrails.redaction import Redactor
from core.guardrails.requests import find_requests
from core.guardrails.text import clean
from ingestion.screening_values import PageText

FEW_WORDS = 12
"""Up to so many hidden words are a stamp or a printer's mark; more are meant for somebody."""
NOT_DISPLAYED = "not displayed"
"""How the parser of web pages names what a style or an attribute takes off the screen."""
_WORD = re.compile(r"[^\W\d_]{2,}")


def hidden_findings(
    hidden: Sequence[HiddenText], pages: Sequence[PageText], redactor: Redactor
) -> Iterator[ScreeningFinding]:
    """One finding for each page and way of hiding.

    Blocks if the words speak to a model, or are more than a few on a page that was laid out; web
    pages carry menus, notices and whole tables of figures that they do not display. Words that the
    same page shows as well are left out: shadows, and the text behind a scan.
    """
    shown = {page.number: _words(page.text) for page in pages} if hidden else {}
    for place in dict.fromkeys((part.page, part.kind) for part in hidden):
        number, kind = place
        parts = [clean(p.text).text for p in hidden if (p.page, p.kind) == place]
        unseen = [part for part in parts if _words(part) not in shown.get(number, "")]
        if unseen:
            yield _finding(number, kind, unseen, redactor)


def _words(text: str) -> str:
    """The words of a text with one space around each; empty if it has none."""
    words = _WORD.findall(text.lower())
    return f" {' '.join(words)} " if words else ""


def _has_many_words(text: str) -> bool:
    return len(_words(text).split()) > FEW_WORDS


def _finding(page: int, kind: str, parts: Sequence[str], redactor: Redactor) -> ScreeningFinding:
    text = " ".join(parts)
    attacks = find_injections(text) or find_requests(text)
    start, end = (attacks[0].start, attacks[0].end) if attacks else (0, len(text))
    excerpt = redactor.excerpt(text, start, end, redactor.learn(text), length=EXCERPT_CHARS)
    return ScreeningFinding(
        page,
        ScreeningKind.HIDDEN_TEXT,
        kind,
        len(parts),
        excerpt.text,
        is_blocking=bool(attacks) or (kind != NOT_DISPLAYED and _has_many_words(text)),
        start=excerpt.start,
        end=excerpt.end,
    )
