"""Draws an answer, as cards or as text, with clickable citations."""

from collections.abc import Mapping

from core.domain.answers import Answer, Citation
from core.domain.conversations import Message
from core.domain.ideas.card import IdeaOrigin
from ingestion.library.provenance import Provenance
from rag.conversations.sharing import answer_as_text
from ui import state, words
from ui.chat.answer_tree import answer_tree
from ui.chat.card_tree import card_nodes, lead_node, part_nodes, shown_numbers
from ui.documents import words as document_words
from ui.resources import answer_component


def draw_answer(message: Message, answer: Answer, kept: Mapping[str, Provenance]) -> None:
    """Draw the answer as cards or as text with one chip per citation; a click opens its source.

    `kept` tells by version how the cited documents are kept; stale ones are marked.
    """
    stale = {c.document_id for c in answer.citations if _note(c, kept)}
    key = f"answer-{message.id}"
    opened = state.open_citation()
    answer_component()(
        key=key,
        data={
            "id": message.id,
            **_shown(answer),
            "marks": words.MARKS,
            "citations": _for_browser(answer, kept),
            "open": opened.number if opened and opened.message_id == message.id else None,
            "caption": words.answer_caption(answer, len(stale)),
            "copy": answer_as_text(message),
            "announcement": _announcement(message, answer),
        },
        # A callback, because the page decides its columns before it draws the answer.
        on_cite_change=lambda: state.show_clicked_citation(key, message.id),
    )


def _shown(answer: Answer) -> dict[str, object]:
    """Return the lead and the cards of an answer that has some, otherwise its text."""
    cards = card_nodes(answer)
    if cards and answer.parts:
        return {"parts": part_nodes(answer, cards), "blocks": []}
    if cards:
        return {"lead": lead_node(answer), "cards": cards, "blocks": []}
    numbers = {c.number for c in answer.citations}
    return {"blocks": answer_tree(answer.text, answer.sentences, numbers, answer.engine)}


def _announcement(message: Message, answer: Answer) -> dict[str, str] | None:
    """Return what is said once, about the answer that was just written here."""
    if state.finished_answer() != message.id:
        return None
    return {"id": message.id, "text": words.completion(answer)}


def draw_kept_answer(origin: IdeaOrigin) -> None:
    """Draw an answer as an idea keeps it: same look, nothing to open."""
    numbers = {c.number for c in origin.citations}
    data = {
        "id": origin.message_id,
        "blocks": answer_tree(origin.answer, (), numbers, origin.engine),
        "citations": {str(c.number): _source(c, c.number) for c in origin.citations},
        "open": None,
        "caption": "",
    }
    answer_component()(key=f"kept-{origin.message_id}", data=data)


def _for_browser(answer: Answer, kept: Mapping[str, Provenance]) -> dict[str, dict[str, str]]:
    numbers = shown_numbers(answer)
    return {str(c.number): _source(c, numbers[c.number], kept) for c in answer.citations}


def _source(
    citation: Citation, number: int, kept: Mapping[str, Provenance] | None = None
) -> dict[str, str]:
    """Return what the chip and the card of a source say; a file of one page needs no page."""
    source = (kept or {}).get(citation.version_id)
    is_only = source is not None and source.page_count == 1 and citation.page_label == "page"
    place = "" if is_only else words.place(citation)
    note = document_words.stale(source) if source else ""
    return {
        "number": str(number),
        "title": citation.document_title,
        "place": ", ".join(filter(None, (place, note))),
    }


def _note(citation: Citation, kept: Mapping[str, Provenance]) -> str:
    """Say why this source is stale; empty if it is not."""
    source = kept.get(citation.version_id)
    return document_words.stale(source) if source else ""
