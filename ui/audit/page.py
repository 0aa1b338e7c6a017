"""Audit: who did what, and proof that the record is whole, for administrators."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import islice
from math import ceil

import pandas as pd
import streamlit as st

from admin.audit.files import events_table
from admin.audit.values import AuditEvent, AuditFilter
from core.domain.clock import now
from core.domain.identity import User
from core.printing.delimited import as_csv
from ui import words
from ui.audit import words as audit_words
from ui.audit.filters import draw_filter
from ui.components.csv_file import draw_download
from ui.components.problems import shown_problems
from ui.components.times import local_time
from ui.resources import services

PER_PAGE = 50
LONG_ID = 20
MOST_IN_A_FILE = 20_000
SHOWN_FINDINGS = 20
ALARM = timedelta(days=7)
NO_BREAK = "\N{NO-BREAK SPACE}"


def page(user: User) -> None:
    """Draw the state of the log, the filter, and the entries it selects."""
    st.title("Audit", anchor=False)
    with shown_problems():
        st.write(audit_words.INTRODUCTION)
        _draw_alarm(user)
        _draw_proof(user)
        people = services().people.list_all(user)
        wanted = draw_filter(people)
        _draw_events(user, wanted, _names(user, people))


def _draw_alarm(admin: User) -> None:
    """Draw sign-ins with emergency accounts of the last week."""
    wanted = AuditFilter(action="session.emergency", since=now() - ALARM)
    for event in services().audit.list(admin, wanted, limit=SHOWN_FINDINGS):
        st.warning(
            f"The emergency account {words.plain(event.actor)} signed in on "
            f"{local_time(event.at)}. Make sure that someone knows why.",
            icon=":material/emergency_home:",
        )


def _draw_proof(admin: User) -> None:
    """Draw the check, which reads the whole log and is made on demand."""
    if not st.button("Check the whole log", icon=":material/verified_user:", key="audit-check"):
        return
    report = services().audit_proof.verify(admin)
    if report.is_whole:
        st.success(audit_words.state(report))
        if report.head is not None:
            st.caption("The newest seal. Kept elsewhere, it shows later that no entry is missing.")
            st.code(str(report.head), language=None, wrap_lines=True)
        return
    st.error(audit_words.state(report))
    shown = [audit_words.finding(one) for one in report.findings[:SHOWN_FINDINGS]]
    st.markdown("\n".join(f"- {words.plain(line)}" for line in shown))


def _draw_events(admin: User, wanted: AuditFilter, names: Mapping[str, str]) -> None:
    total = services().audit.count(admin, wanted)
    if not total:
        st.info("No entries match. Choose other days or people.")
        return
    number, pages = 1, ceil(total / PER_PAGE)
    if pages > 1:
        number = int(
            st.number_input(
                f"Page of {pages}", min_value=1, max_value=pages, width=140, key="audit-page"
            )
        )
    st.caption(f"{words.count(total, 'entry', 'entries')}, the newest first.")
    events = services().audit.list(admin, wanted, limit=PER_PAGE, offset=(number - 1) * PER_PAGE)
    # Not st.dataframe: its own download would hand these texts to a spreadsheet as formulas.
    st.table(
        _table(events, names).map(words.plain),
        border="horizontal",
        hide_index=True,
        alt="Entries of the audit log",
    )
    _draw_file(admin, wanted, total)


def _draw_file(admin: User, wanted: AuditFilter, total: int) -> None:
    """Draw the file only once it is asked for: it is recorded."""
    if not st.button("Prepare a CSV file", key="audit-file"):
        st.caption("The export is recorded in the log.")
        return
    events = islice(services().audit.export(admin, wanted), MOST_IN_A_FILE)
    draw_download("Download CSV", as_csv(events_table(events)), "audit.csv", "text/csv")
    if total > MOST_IN_A_FILE:
        st.caption(
            f"The newest {MOST_IN_A_FILE:,} of {total:,} entries. `audit export` in the terminal "
            "writes all of them."
        )


def _table(events: Sequence[AuditEvent], names: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "When": [local_time(one.at).replace(" ", NO_BREAK) for one in events],
            "What": [audit_words.action(one.action) for one in events],
            "Who": [_actor(one) for one in events],
            "About": [names.get(one.object_id) or _in_two(one.object_id) for one in events],
            "Result": ["" if one.outcome == "ok" else one.outcome.capitalize() for one in events],
            "From": [audit_words.origin(one.origin) for one in events],
            "Details": [audit_words.details(one.details, names) for one in events],
        }
    )


def _in_two(object_id: str) -> str:
    """Let a long id wrap, so that the details beside it have room; the filter takes it as shown."""
    half = len(object_id) // 2
    return f"{object_id[:half]} {object_id[half:]}" if len(object_id) > LONG_ID else object_id


def _actor(event: AuditEvent) -> str:
    if event.actor:
        return event.actor
    return "The terminal" if event.origin.startswith("os:") else "Nobody signed in"


def _names(admin: User, people: Sequence[User]) -> Mapping[str, str]:
    """Return a name for each id that is still known."""
    return {
        **{person.id: person.email for person in people},
        **{group.id: group.name for group in services().people.list_groups(admin)},
        **{one.id: one.name for one in services().collections.list_all(admin)},
    }
