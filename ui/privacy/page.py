"""Privacy: how long what is kept, legal holds, and certificates of erasures."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from admin.privacy.certificates import Certificate
from admin.privacy.retention import Keeping, RetentionRun
from core.domain.governance.privacy import LegalHold
from core.domain.identity import User
from ui import state, words
from ui.components.confirmation import draw_confirmation
from ui.components.csv_file import draw_download
from ui.components.problems import shown_problems
from ui.components.times import local_time
from ui.privacy import words as privacy_words
from ui.resources import services

READABLE_WIDTH = 860
SHOWN_CERTIFICATES = 20


def page(user: User) -> None:
    """Draw periods, then holds, then what was erased."""
    with st.container(width=READABLE_WIDTH), shown_problems():
        st.title("Privacy", anchor=False)
        draw_confirmation(user, "change periods, delete what is due or release legal holds")
        _draw_retention(user)
        _draw_holds(user)
        _draw_certificates(user)


def _draw_retention(admin: User) -> None:
    st.subheader("How long data is kept", anchor=False)
    st.caption(privacy_words.INTRODUCTION)
    keepings = services().privacy.retention.list_all(admin)
    st.dataframe(
        _table(keepings), hide_index=True, width="stretch", alt="Kinds of data and their periods"
    )
    st.caption(f"{privacy_words.AUDIT_LOG} {privacy_words.COPIES}")
    _draw_period(admin, keepings)
    _draw_run(admin)


def _table(keepings: Sequence[Keeping]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Data": [privacy_words.CLASSES[one.name] for one in keepings],
            "Kept": [privacy_words.kept(one.days) for one in keepings],
            "Due now": [one.due for one in keepings],
            "Note": [privacy_words.AGE.get(one.name, "") for one in keepings],
        }
    )


def _draw_period(admin: User, keepings: Sequence[Keeping]) -> None:
    with st.expander("Change a period"):
        by_name = {one.name: one for one in keepings}
        name = st.selectbox(
            "Data",
            list(by_name),
            format_func=privacy_words.CLASSES.__getitem__,
            key="retention-class",
        )
        now = by_name[name]
        is_kept = st.toggle("Keep always", value=now.days is None, key=f"keep-{name}")
        days = st.number_input(
            f"Days, at least {now.floor}",
            min_value=now.floor,
            max_value=36_500,
            value=now.days or max(now.floor, 365),
            disabled=is_kept,
            key=f"days-{name}",
        )
        chosen = None if is_kept else int(days)
        if st.button("Save period", type="primary", disabled=chosen == now.days, key="save-period"):
            with shown_problems():
                services().privacy.retention.set_period(admin, name, chosen)
                state.notify("The period is saved. It applies from the next run on.")
                st.rerun()


def _draw_run(admin: User) -> None:
    service = services().privacy.retention
    last = service.last_run(admin)
    if last is not None:
        st.caption(f"Last daily run: {local_time(last)}.")
    with st.container(horizontal=True):
        is_planned = st.button("Count what is due", icon=":material/calculate:", key="plan")
        is_run = st.button("Delete what is due now", icon=":material/delete:", key="run-now")
    with shown_problems():
        if is_planned:
            st.info(_told(service.plan(admin)))
        if is_run:
            with st.spinner("Deleting, then rewriting the files"):
                done = service.run(admin)
            st.success(_told(done))


def _told(done: RetentionRun) -> str:
    parts = [
        f"{privacy_words.CLASSES[name]}: {number:,}"
        for name, number in done.counts.items()
        if number
    ]
    if done.hidden_chats:
        parts.append(f"Conversations that people deleted: {done.hidden_chats:,}")
    begin = "Due" if done.is_dry else "Deleted"
    return f"{begin} – {', '.join(parts)}." if parts else "Nothing is due."


def _draw_holds(admin: User) -> None:
    st.subheader("Legal holds", anchor=False)
    holds = services().privacy.holds.list_all(admin)
    if not holds:
        st.write("There are none. Place one under People and access, at the person.")
    for hold in holds:
        _draw_hold(admin, hold)


def _draw_hold(admin: User, hold: LegalHold) -> None:
    what = "one conversation" if hold.conversation_id else "everything"
    with st.container(
        border=True, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    ):
        with st.container(gap="xxsmall"):
            st.markdown(f"**{words.plain(hold.person_name)}**, {what}")
            st.caption(words.plain(hold.reason))
            by = f" by {words.plain(hold.placed_by)}" if hold.placed_by else ""
            ended = f" · released {local_time(hold.released_at)}" if hold.released_at else ""
            st.caption(f"Placed {local_time(hold.placed_at)}{by}{ended}")
        if hold.released_at is None and st.button("Release", key=f"release-{hold.id}"):
            with shown_problems():
                services().privacy.holds.release(admin, hold.id)
                state.notify("The legal hold is released.")
                st.rerun()


def _draw_certificates(admin: User) -> None:
    st.subheader("Erased people", anchor=False)
    waiting = services().privacy.erasure.count_unfinished(admin)
    if waiting:
        st.warning(
            f"{words.count(waiting, 'erasure')} under way. The app goes on with it within minutes.",
            icon=":material/hourglass_top:",
        )
    certificates = services().privacy.erasure.certificates(admin)
    if not certificates:
        st.write("Nobody was erased yet. Certificates will appear here; they name nobody.")
    for certificate in certificates[:SHOWN_CERTIFICATES]:
        draw_certificate(certificate)


def draw_certificate(certificate: Certificate) -> None:
    """Draw what an erasure came to, with the file to keep."""
    searched = certificate.searched
    with st.container(border=True):
        st.markdown(f"**Certificate {certificate.id[:8]}**")
        st.caption(
            f"Finished {certificate.finished_at[:16].replace('T', ' ')} UTC · "
            f"{words.count(sum(certificate.counts.values()), 'row')} deleted or changed · "
            f"{words.count(int(searched['files']), 'file')} and "
            f"{words.count(int(searched['tables']), 'table')} searched"
        )
        if certificate.is_complete:
            st.caption("Nothing of the person was found afterwards.")
        else:
            st.warning("Something was found afterwards. The certificate says where.")
        if searched["in_documents"]:
            st.caption(
                f"{words.count(int(searched['in_documents']), 'place')} in documents and answers "
                "made from them still name the person. Erase those documents if they have to go."
            )
        draw_download(
            "Download certificate",
            certificate.as_json(),
            f"erasure-{certificate.id[:8]}.json",
            "application/json",
        )
