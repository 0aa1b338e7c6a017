"""The second factor of one's own account: set up with a phone, renewed codes, removed."""

from collections.abc import Sequence

import streamlit as st

from admin.signing_in.second_factors import FactorState
from core.domain.identity import User
from core.printing.qr import qr_svg
from ui import state, words
from ui.account import words as account_words
from ui.components.problems import shown_problems
from ui.components.times import local_time
from ui.resources import services


def draw_second_factor(user: User, factor: FactorState) -> None:
    """Draw the state of the factor and what can be done with it."""
    st.subheader("Second factor", anchor=False)
    if factor.since is None:
        _draw_set_up(user)
        return
    left = words.count(factor.recovery_codes, "recovery code")
    st.write(f"Set up on {local_time(factor.since)}. {left} left.")
    with st.container(horizontal=True):
        is_renewed = st.button("New recovery codes", key="renew-codes")
        is_removed = st.button("Remove the second factor", key="remove-factor")
    with shown_problems():
        if is_renewed:
            _draw_codes(services().second_factors.renew_codes(user))
        if is_removed:
            services().second_factors.remove(user, user.id)
            state.notify("The second factor is removed.")
            st.rerun()


def _draw_set_up(user: User) -> None:
    st.write("With a code of your phone, a stolen password is not enough to sign in.")
    with st.expander("Set up a second factor"):
        if not st.toggle("Show the key for an authenticator app", key="show-factor-key"):
            return
        new = services().second_factors.begin(user)
        st.image(qr_svg(new.address), width=220)
        st.caption("Scan it with the app, or type this key:")
        st.code(new.key, language=None, wrap_lines=True)
        code = st.text_input("Code on the phone", max_chars=10, key="factor-code")
        if st.button("Set up", type="primary", key="confirm-factor"):
            with shown_problems():
                _draw_codes(services().second_factors.confirm(user, code))


def _draw_codes(codes: Sequence[str]) -> None:
    st.success(account_words.CODES)
    st.code("\n".join(codes), language=None)
