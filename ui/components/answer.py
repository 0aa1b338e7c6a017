"""Draws an answer with clickable citations."""

from collections.abc import Sequence

from core.domain.answers import Answer, Citation
from core.domain.conversations import Message
from ui import state, words
from ui.components.answer_tree import answer_tree
from ui.resources import answer_component


def draw_answer(message: Message, answer: Answer) -> None:
    """The answer with one chip per citation; a click opens the source panel."""
    key = f"answer-{message.id}"
    opened = state.open_citation()
    answer_component()(
        key=key,
        data={
            "blocks": answer_tree(
                answer.text, answer.sentences, {c.number for c in answer.citations}
            ),
            "citations": _for_browser(answer.citations),
            "open": opened.number if opened and opened.message_id == message.id else None,
            "caption": words.answer_caption(answer),
            "copy": answer.text,
        },
        # A callback, because the page decides its columns before it draws the answer.
        on_cite_change=lambda: state.show_clicked_citation(key, message.id),
    )


def draw_kept_answer(text: str, citations: Sequence[Citation], *, key: str) -> None:
    """An answer as it was kept elsewhere: same look, nothing to open."""
    numbers = {c.number for c in citations}
    data = {
        "blocks": answer_tree(text, (), numbers),
        "citations": _for_browser(citations),
        "open": None,
        "caption": "",
    }
    answer_component()(key=key, data=data)


def _for_browser(citations: Sequence[Citation]) -> dict[str, dict[str, str]]:
    return {str(c.number): {"title": c.document_title, "place": words.place(c)} for c in citations}
