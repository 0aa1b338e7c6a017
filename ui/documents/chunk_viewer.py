"""Shows how a document was split: its passages beside the image or the text of each page."""

import re
from collections.abc import Sequence

import streamlit as st

from core.domain.identity import User
from ingestion.reading.passages import PassageView
from ingestion.values import PageView
from ui import words
from ui.components.highlight import draw_marked
from ui.resources import picture_address, services

HEADING_SIGNS = re.compile(r"^#{1,6} ")


def draw_passages(user: User, version_id: str, page_count: int) -> None:
    """Draw a version page by page; raise NotFound for people who cannot read the collection."""
    number = _draw_pages(version_id, page_count)
    documents = services().documents
    page = documents.page(user, version_id, number)
    passages = documents.passages(user, version_id, number)
    st.caption(words.plain(_page_line(page, passages)))
    side, sheet = st.columns([2, 3], gap="medium")
    with side:
        chosen = _draw_choice(version_id, number, passages)
    with sheet:
        _draw_sheet(user, page, chosen)


def _draw_pages(version_id: str, page_count: int) -> int:
    if page_count < 2:
        return 1
    return st.pagination(page_count, key=f"passages-page-{version_id}")


def _page_line(page: PageView, passages: Sequence[PassageView]) -> str:
    parts = [words.page_place(page), words.count(len(passages), "passage")]
    if page.quality is not None:
        parts.append(f"text quality {page.quality:.0%}")
    if page.ocr_confidence is not None:
        parts.append(f"recognised in an image, confidence {page.ocr_confidence:.0%}")
    return " · ".join(parts)


def _draw_choice(
    version_id: str, number: int, passages: Sequence[PassageView]
) -> PassageView | None:
    if not passages:
        st.write("This page has no passages.")
        return None
    chosen = st.radio(
        "Passages on this page",
        range(len(passages)),
        format_func=lambda place: _label(passages[place]),
        captions=[_place(one) for one in passages],
        key=f"passage-of-{version_id}-{number}",
    )
    return passages[chosen]


def _label(passage: PassageView) -> str:
    lines = (HEADING_SIGNS.sub("", line) for line in passage.text.splitlines())
    opening = words.shortened(" ".join(" ".join(lines).split()), 60)
    return words.plain(f"{passage.number}. {opening}")


def _place(passage: PassageView) -> str:
    state = [] if passage.is_ready else ["not searchable"]
    size = f"{words.count(len(passage.text), 'character')}"
    return words.plain(" · ".join([*passage.headings[-1:], size, *state]))


def _draw_sheet(user: User, page: PageView, chosen: PassageView | None) -> None:
    quote = page.text[chosen.start : chosen.end] if chosen else ""
    image = services().documents.page_image(user, page.version_id, page.number, [quote])
    if image is not None:
        st.image(
            picture_address(image.png),
            width="stretch",
            alt=f"Page {page.number} with the passage highlighted",
        )
        return
    start, end = (chosen.start, chosen.end) if chosen else (0, 0)
    draw_marked(page.text, start, end, key=f"sheet-{page.version_id}-{page.number}")
