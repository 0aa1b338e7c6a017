"""The list of ideas with its search and category filter."""

from collections.abc import Sequence

import streamlit as st

from core.domain.ideas import IdeaCard, IdeaCategory
from core.domain.identity import User
from ui import state, words
from ui.components.times import local_day
from ui.resources import services

PER_PAGE = 20

CATEGORY_LABELS: dict[str, str] = {"": "All categories"} | {
    category.value: label for category, label in words.CATEGORIES.items()
}


def draw_idea_list(user: User) -> None:
    """Draw one entry per idea, newest first; its number opens the card."""
    search, category = _draw_filter()
    ideas = services().ideas.list(user, search=search, category=category)
    if not ideas:
        _draw_nothing(is_filtered=bool(search.strip() or category))
        return
    st.caption(words.count(len(ideas), "idea"))
    for card in _draw_paging(ideas):
        _draw_entry(card)


def summary(card: IdeaCard) -> str:
    """Return category, person, day and where it came from, in one line."""
    parts = [
        words.CATEGORIES[card.draft.category],
        words.plain(card.submitter_name),
        local_day(card.submitted_at),
    ]
    if card.origin is not None:
        parts.append(":material/forum: from a conversation")
    return " · ".join(parts)


def _draw_filter() -> tuple[str, IdeaCategory | None]:
    search, category = st.columns([2, 1])
    text = search.text_input("Search titles, problems and proposals", key="ideas-search")
    chosen = category.selectbox(
        "Category",
        list(CATEGORY_LABELS),
        format_func=CATEGORY_LABELS.__getitem__,
        key="ideas-category",
    )
    return text or "", IdeaCategory(chosen) if chosen else None


def _draw_paging(ideas: Sequence[IdeaCard]) -> Sequence[IdeaCard]:
    pages = -(-len(ideas) // PER_PAGE)
    number = st.pagination(pages, key=f"ideas-page-{pages}") if pages > 1 else 1
    return ideas[(number - 1) * PER_PAGE : number * PER_PAGE]


def _draw_entry(card: IdeaCard) -> None:
    with st.container(
        border=True, horizontal=True, wrap=False, vertical_alignment="center", key=f"idea-{card.id}"
    ):
        with st.container(gap="xxsmall"):
            st.markdown(f"**{words.plain(card.draft.title)}**")
            st.caption(summary(card))
        st.button(
            card.label,
            icon=":material/arrow_forward:",
            icon_position="right",
            type="tertiary",
            wrap=False,
            key=f"open-idea-{card.id}",
            on_click=state.open_idea,
            args=(card.id,),
        )


def _draw_nothing(*, is_filtered: bool) -> None:
    if is_filtered:
        st.info("No ideas match. Try another word, or choose all categories.")
    else:
        st.info(
            "No ideas yet. Select New idea, or start from an answer in Chat to include the "
            "question, the answer and its sources."
        )
