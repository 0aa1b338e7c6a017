"""Draws the text of a policy: an allow-listed tree, no Markdown of Streamlit."""

from ui.components.text_tree import MarkedText, text_nodes
from ui.resources import answer_component


def draw_policy(text: str, *, key: str) -> None:
    """Draw headings, lists, tables and marks inside lines; everything else letter for letter."""
    answer_component()(
        key=key,
        data={
            "id": key,
            "blocks": list(text_nodes(MarkedText(text, is_markdown=True))),
            "citations": {},
            "open": None,
            "caption": "",
        },
    )
