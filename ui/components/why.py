"""Why this answer: what was searched and what was found, for whoever wants to know."""

import streamlit as st

from core.domain.answers import Answer
from ui import words


def draw_why(answer: Answer) -> None:
    """Closed by default: query, engine, times and tokens."""
    with st.expander("Why this answer"):
        st.text(f"Searched for: {answer.standalone_query}")
        st.text(f"Answered by: {words.engine(answer.engine)}")
        timing = answer.timing
        st.markdown(
            f"Found in {words.seconds(timing.retrieval_ms)}, first words after "
            f"{words.seconds(timing.first_token_ms)}, finished after "
            f"{words.seconds(timing.total_ms)}."
        )
        if answer.usage.input_tokens:
            st.markdown(
                f"Tokens: {answer.usage.input_tokens:,} in, {answer.usage.output_tokens:,} out."
            )
