"""Draws an answer with clickable citations."""

from collections.abc import Mapping, Sequence

from core.domain.answers import Answer, Citation
from core.domain.conversations import Message
from core.domain.ideas import IdeaOrigin
from ingestion.library.provenance import Provenance
from ui import state, words
from ui.chat.answer_tree import answer_tree
from ui.documents import words as document_words
from ui.resources import answer_component


def draw_answer(message: Message, answer: Answer, kept: Mapping[str, Provenance]) -> None:
    """Draw the answer with one chip per citation; a click opens the source panel.

    `kept` tells by version how the cited documents are kept; stale ones are marked.
    """
    stale = {c.document_id for c in answer.citations if _note(c, kept)}
    key = f"answer-{message.id}"
    opened = state.open_citation()
    answer_component()(
        key=key,
        data={
            "blocks": answer_tree(
                answer.text,
                answer.sentences,
                {c.number for c in answer.citations},
                answer.engine,
            ),
            "citations": _for_browser(answer.citations, kept),
            "open": opened.number if opened and opened.message_id == message.id else None,
            "caption": words.answer_caption(answer, len(stale)),
            "copy": answer.text,
        },
        # A callback, because the page decides its columns before it draws the answer.
        on_cite_change=lambda: state.show_clicked_citation(key, message.id),
    )


def draw_kept_answer(origin: IdeaOrigin) -> None:
    """Draw an answer as an idea keeps it: same look, nothing to open."""
    numbers = {c.number for c in origin.citations}
    data = {
        "blocks": answer_tree(origin.answer, (), numbers, origin.engine),
        "citations": _for_browser(origin.citations, {}),
        "open": None,
        "caption": "",
    }
    answer_component()(key=f"kept-{origin.message_id}", data=data)


def _for_browser(
    citations: Sequence[Citation], kept: Mapping[str, Provenance]
) -> dict[str, dict[str, str]]:
    return {
        str(c.number): {
            "title": c.document_title,
            "place": ", ".join(filter(None, (words.place(c), _note(c, kept)))),
        }
        for c in citations
    }


def _note(citation: Citation, kept: Mapping[str, Provenance]) -> str:
    """Say why this source is stale; empty if it is not."""
    source = kept.get(citation.version_id)
    return document_words.stale(source) if source else ""
