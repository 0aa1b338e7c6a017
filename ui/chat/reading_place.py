"""Brings the newest question and its answer into view."""

from ui.resources import reading_place_component


def mark_reading_place(place: str, *, grows: bool = False) -> None:
    """Draws nothing; the page scrolls here once for each `place`, and along while it `grows`."""
    reading_place_component()(key=f"reading-{place}", data={"place": place, "grows": grows})
