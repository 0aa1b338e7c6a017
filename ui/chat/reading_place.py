"""Brings the newest question and its answer into view."""

from ui.resources import reading_place_component


def mark_reading_place(place: str, *, grows: bool = False) -> None:
    """Scroll the page here once for each `place`, and follow it while it `grows`."""
    reading_place_component()(key=f"reading-{place}", data={"place": place, "grows": grows})
