"""The doctor's checks with what to do about each finding."""

from collections.abc import Sequence

import streamlit as st

from bootstrap.checks import Check
from core.domain.access import require_admin
from core.domain.identity import User
from ui import words
from ui.components.problems import shown_problems
from ui.resources import services


def draw_checks(user: User) -> None:
    """Draw a button, and what was found when it was last pressed."""
    require_admin(user)
    st.caption(
        "Runs the same checks as “python sandbox_cli.py doctor”. This takes a few seconds. A "
        "configured language model is asked for one token, which may cost money."
    )
    if st.button("Run checks", type="primary", icon=":material/health_and_safety:", key="check"):
        with shown_problems(), st.spinner("Running the checks"):
            _draw(services().checks.run(user))


def _draw(checks: Sequence[Check]) -> None:
    wrong = [check for check in checks if not check.is_ok]
    if wrong:
        st.warning(f"{words.count(len(wrong), 'check')} found a problem.")
    else:
        st.success("Everything works.")
    for check in (*wrong, *(one for one in checks if one.is_ok)):
        icon = ":material/check_circle:" if check.is_ok else ":material/error:"
        with st.container(border=True):
            st.markdown(f"{icon} **{words.plain(check.name.capitalize())}**")
            st.write(words.plain(_sentence(check.found)))
            if check.fix:
                st.write(words.plain(f"What to do: {check.fix}"))


def _sentence(found: str) -> str:
    return found[:1].upper() + found[1:].rstrip(".") + "."
