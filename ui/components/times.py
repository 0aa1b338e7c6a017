"""Times as the person's clock shows them."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

import streamlit as st

from core.domain.text.dates import short_date
from ui import words


def time_zone() -> str:
    """Return the person's time zone, or UTC if the browser names no known one."""
    return getattr(zone(), "key", "UTC")


def local_day(moment: datetime) -> str:
    """Return `Today`, `Yesterday` or the date, on the person's calendar."""
    here = zone()
    return words.day(moment.astimezone(here), datetime.now(here))


def local_time(moment: datetime) -> str:
    """`12 Mar 2026, 14:05`."""
    local = moment.astimezone(zone())
    return f"{short_date(local)}, {local:%H:%M}"


def zone() -> tzinfo:
    """Return the person's time zone, or UTC if the browser names no known one."""
    name = st.context.timezone
    try:
        return ZoneInfo(name) if name else UTC
    except (KeyError, ValueError):  # unknown zone, or not the name of one
        return UTC
