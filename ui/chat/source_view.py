"""The pages of an open source: turned one by one, enlarged, with the quoted words marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import streamlit as st

from core.domain.answers import Answer, Citation
from core.domain.knowledge import NUMBERED_LABELS, PageImage
from ingestion.files.media import MediaType
from ingestion.reading.quotes import locate
from ingestion.values import PageView
from ui import state, words
from ui.components.problems import shown_problems
from ui.components.text_tree import MarkedText, Node, Span, spans, text_nodes, typed_node
from ui.resources import picture_address, services, source_view_component

# Characters that are drawn at once; a longer page is turned part by part.
PART = 40_000
# Text without a structure: its line ends and indents are what it says.
AS_TYPED = frozenset({MediaType.TEXT, MediaType.JSON, MediaType.XML, MediaType.RECORD})
KEY = "source-pages"


@dataclass(frozen=True, slots=True)
class Quoted:
    """The words that an answer takes from a source: passages with the places that answer in them.

    `quotes` are these places as text, for a page where the passages are not found as they are.
    """

    passages: tuple[tuple[str, tuple[Span, ...]], ...]
    quotes: tuple[str, ...]


def quoted(answer: Answer, citation: Citation) -> Quoted:
    """Return what the answer takes from the source of this citation."""
    cards = [card for card in answer.cards if card.number == citation.number and card.highlights]
    passages = tuple((card.text, card.highlights) for card in cards)
    quotes = [card.text[start:end] for card in cards for start, end in card.highlights]
    return Quoted(passages, tuple(quotes) or (citation.quote,))


def draw_source_pages(citation: Citation, quoted: Quoted) -> None:
    """Draw the page that is open of a source, at its quotes; raises nothing for who may not.

    A fragment, so that turning pages interrupts no answer that is being written.
    """
    st.fragment(_draw)(citation, quoted)


def _draw(citation: Citation, quoted: Quoted) -> None:
    user = state.require_user()
    opened = state.open_citation()
    if opened is None:
        return
    number = opened.page or citation.page
    quotes = quoted.quotes if number == citation.page else ()
    documents = services().documents
    with shown_problems():
        page = documents.page(user, citation.version_id, number)
        image = documents.page_image(user, citation.version_id, number, quotes)
        marked = marked_spans(page.text, quoted) if quotes else ()
        source_view_component()(
            key=KEY,
            data={
                "opening": opened.opening,
                **_pages(page, citation.page, opened.part, marked),
                **_image(page, image),
            },
            on_turn_change=lambda: state.turn_source_page(KEY),
        )


def _pages(page: PageView, cited: int, part: int | None, marked: Sequence[Span]) -> Node:
    """Return the part of a page that is drawn, and what its reader can turn to."""
    parts = parts_of(page.text)
    first = marked[0][0] if marked else 0
    at_quote = next((n for n, (_, end) in enumerate(parts) if first < end), 0)
    shown = at_quote if part is None else min(part, len(parts) - 1) % len(parts)
    start, end = parts[shown]
    inside = spans(((a - start, b - start) for a, b in marked), end - start)
    before = [page.number, shown - 1] if shown else [page.number - 1, -1]
    after = [page.number, shown + 1] if shown + 1 < len(parts) else [page.number + 1, 0]
    return {
        "page": page.number,
        "part": shown,
        "pages": page.page_count,
        "place": words.page_place(page),
        "name": "" if page.label in NUMBERED_LABELS else page.label,
        "note": words.part_of_page(shown + 1, len(parts)),
        "previous": before if before[0] >= 1 else None,
        "next": after if after[0] <= page.page_count else None,
        "cited": None if page.number == cited else cited,
        "words": words.SOURCE_PAGES,
        **_text(
            page, MarkedText(page.text[start:end], inside, page.media_type == MediaType.MARKDOWN)
        ),
    }


def _text(page: PageView, source: MarkedText) -> Node:
    is_typed = page.media_type in AS_TYPED
    return {"blocks": [typed_node(source)] if is_typed else list(text_nodes(source))}


def _image(page: PageView, image: PageImage | None) -> Node:
    if image is None:
        return {"image": None}
    # Of words that were recognised, nobody knows the place on the image.
    is_scan = page.ocr_confidence is not None and not image.marks
    return {
        "image": picture_address(image.png),
        "alt": words.page_image(page, is_marked=bool(image.marks)),
        "size": image.size,
        "marks": image.marks,
        "area": image.words,
        "begins": "text" if is_scan and page.text.strip() else "image",
    }


def parts_of(text: str) -> list[Span]:
    """Cut a text at line ends into parts of about `PART` characters, at least one."""
    if len(text) <= PART:
        return [(0, len(text))]
    edges = [0]
    for end in accumulate(len(line) for line in _lines(text)):
        if end - edges[-1] >= PART:
            edges.append(end)
    if edges[-1] < len(text):
        edges.append(len(text))
    return list(pairwise(edges))


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines(keepends=True):
        yield from (line[start : start + PART] for start in range(0, len(line), PART))


def marked_spans(text: str, quoted: Quoted) -> tuple[Span, ...]:
    """Return where the quoted words stand on a page; a quote that is not found is left out."""
    found: list[Span] = []
    for passage, highlights in quoted.passages:
        start = text.find(passage)
        if start >= 0:
            found += [(start + a, start + b) for a, b in highlights]
    if not found:
        found = [span for quote in quoted.quotes for span in _found(text, quote)]
    return spans(found, len(text))


def _found(text: str, quote: str) -> Iterator[Span]:
    places = locate(text, quote)
    if not places:
        return
    end = places[-1] + 1
    # The search is by letters and digits; the sentence ends with its sign.
    yield places[0], end + 1 if text[end : end + 1] in (".", "!", "?") else end
