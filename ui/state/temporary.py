"""The temporary chat of this page: its words are here and nowhere else, and go with the page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import streamlit as st

from core.domain.answers import Answer, Source
from core.domain.clock import new_id

_TEMPORARY = "temporary_chat"


@dataclass(slots=True)
class TemporaryAnswer:
    """A question, and its answer once it is finished; None where it was stopped."""

    question: str
    id: str = field(default_factory=new_id)
    answer: Answer | None = None
    sources: frozenset[Source] = frozenset()


@dataclass(slots=True)
class TemporaryChat:
    """What was asked in it; `id` tells its questions from those of other chats in usage."""

    id: str = field(default_factory=new_id)
    answers: list[TemporaryAnswer] = field(default_factory=list)


def temporary_chat() -> TemporaryChat | None:
    """Return the temporary chat that is open, None for one that is stored."""
    return cast("TemporaryChat | None", st.session_state.get(_TEMPORARY))


def begin_temporary() -> None:
    """Begin a temporary chat."""
    st.session_state[_TEMPORARY] = TemporaryChat()


def end_temporary() -> None:
    """Forget the temporary chat with all its words."""
    st.session_state.pop(_TEMPORARY, None)


def temporary_answers() -> Sequence[TemporaryAnswer]:
    """Return what was asked in the temporary chat, nothing without one."""
    chat = temporary_chat()
    return chat.answers if chat else ()
