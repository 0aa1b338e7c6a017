"""Draws the indexes of a collection: which one is in use, which are built, how they compare."""

from collections.abc import Sequence

import streamlit as st

from core.domain.generations import (
    GenerationComparison,
    GenerationState,
    IndexGeneration,
)
from core.domain.identity import User
from core.domain.knowledge import Collection
from ui import state, words
from ui.components.problems import shown_problems
from ui.resources import services

SAID = {
    GenerationState.BUILDING: "is being built",
    GenerationState.BUILT: "is built, but not in use",
    GenerationState.LIVE: "is in use",
    GenerationState.RETIRED: "was in use before",
    GenerationState.FAILED: "could not be built",
}
WAITING = (GenerationState.BUILDING, GenerationState.BUILT, GenerationState.FAILED)
POLL_SECONDS = 2


def draw_collection_indexes(user: User, collections: Sequence[Collection]) -> None:
    """Draw a closed section: the choice of a collection, then its indexes."""
    if not collections:
        return
    opened = st.expander(
        "Collections and their embedding models",
        icon=":material/database:",
        key="collection-indexes",
        on_change="rerun",
    )
    if not opened.open:
        return
    with opened:
        chosen = st.selectbox(
            "Collection",
            collections,
            format_func=lambda one: one.name,
            key="indexes-of",
        )
        draw_generations(user, chosen)


def draw_generations(user: User, collection: Collection) -> None:
    """Draw the indexes for administrators, and follow the work while one is being built."""
    with shown_problems():
        found = services().reembedding.generations(user, collection.id)
        is_building = any(one.state is GenerationState.BUILDING for one in found)
        every = POLL_SECONDS if is_building else None
        st.fragment(_draw, run_every=every)(collection.id, is_building)


def _draw(collection_id: str, was_building: bool) -> None:
    with shown_problems():
        user = state.require_user()
        found = services().reembedding.generations(user, collection_id)
        if was_building and not any(one.state is GenerationState.BUILDING for one in found):
            st.rerun()
        for one in found:
            _draw_one(user, one)
        if not any(one.state in WAITING for one in found):
            _draw_new(user, collection_id)
        if any(one.state is GenerationState.RETIRED for one in found):
            _draw_roll_back(user, collection_id)


def _draw_one(user: User, one: IndexGeneration) -> None:
    with st.container(border=True):
        st.markdown(f"**Index {one.number} {SAID[one.state]}**")
        st.write(words.plain(f"Model {one.embedding_model}, {one.embedding_dimension} dimensions"))
        if one.state is GenerationState.BUILDING:
            share = one.passages_done / max(one.passages_total, 1)
            text = (
                f"{one.passages_done:,} of {one.passages_total:,} passages"
                if one.passages_total
                else "Starting"
            )
            st.progress(min(share, 1.0), text=text)
        if one.reason:
            st.warning(words.plain(one.reason))
        if one.comparison is not None:
            _draw_comparison(one.comparison)
        if one.id and one.state is not GenerationState.LIVE:
            _draw_actions(user, one)


def _draw_comparison(found: GenerationComparison) -> None:
    st.write(
        f"{words.count(found.cases, 'question')} ({words.plain(found.questions)}): "
        f"{found.better} found better and {found.worse} found worse than with the index in use "
        "at the time."
    )
    sides = {"Index in use then": found.live, "This index": found.candidate}
    st.table(
        {
            "": list(sides),
            "nDCG@10": [f"{side.ndcg:.3f}" for side in sides.values()],
            "Recall@10": [f"{side.recall:.3f}" for side in sides.values()],
            "MRR@10": [f"{side.reciprocal_rank:.3f}" for side in sides.values()],
            "Search, ms": [f"{side.median_ms:.0f}" for side in sides.values()],
            "Size, MB": [f"{side.size_bytes / 1e6:.1f}" for side in sides.values()],
        }
    )


def _draw_actions(user: User, one: IndexGeneration) -> None:
    reembedding = services().reembedding
    with st.container(horizontal=True):
        if one.state is GenerationState.BUILT:
            if st.button("Compare", key=f"compare-{one.id}"):
                with shown_problems(), st.spinner("Comparing both indexes …"):
                    reembedding.compare(user, one.id)
                    st.rerun()
            with st.popover("Accept"):
                st.write("Answers will use this index. The previous one is kept.")
                if st.button("Accept this index", key=f"accept-{one.id}", type="primary"):
                    with shown_problems(), st.spinner("Catching up …"):
                        reembedding.accept(user, one.id)
                        state.notify(f"Answers now use index {one.number}.")
                        st.rerun()
        with st.popover("Discard"):
            st.write("This deletes its vectors. Documents and answers are kept.")
            if st.button("Discard this index", key=f"discard-{one.id}"):
                with shown_problems():
                    reembedding.discard(user, one.id)
                    state.notify(f"Index {one.number} discarded.")
                    st.rerun()


def _draw_roll_back(user: User, collection_id: str) -> None:
    with st.popover("Roll back"):
        st.write("Answers will use the previous index again. The current one is kept.")
        if st.button("Roll back to the previous index", key=f"roll-back-{collection_id}"):
            with shown_problems(), st.spinner("Catching up …"):
                services().reembedding.roll_back(user, collection_id)
                state.notify("Answers now use the previous index again.")
                st.rerun()


def _draw_new(user: User, collection_id: str) -> None:
    with st.form(f"new-index-{collection_id}", border=False):
        model = st.text_input(
            "Build an index with another embedding model",
            placeholder="Model name, or its folder on this machine",
            key=f"model-{collection_id}",
        )
        is_asked = st.form_submit_button("Build index", key=f"build-{collection_id}")
    if is_asked:
        with shown_problems(), st.spinner("Loading the model"):
            services().reembedding.start(user, collection_id, model)
            state.notify(
                "The index is being built. Until you accept it, answers use the current one."
            )
            st.rerun()
