"""Shows a page's text with the cited words marked."""

from ingestion.reading.quotes import locate
from ui.resources import passage_component


def draw_passage(text: str, quote: str, *, key: str) -> None:
    """Draw the text, scrolled to the quote; unmarked if the quote is not found for certain."""
    places = locate(text, quote)
    start, end = (places[0], places[-1] + 1) if places else (0, 0)
    if places and end < len(text) and text[end] in ".!?":
        end += 1
    draw_marked(text, start, end, key=key)


def draw_marked(text: str, start: int, end: int, *, key: str) -> None:
    """Draw the text with the characters from `start` to `end` marked, scrolled to them."""
    passage_component()(
        key=key,
        data={"before": text[:start], "quote": text[start:end], "after": text[end:]},
    )
