"""The experiments of an idea: what was expected, and what came out."""

from datetime import date
from decimal import Decimal

import streamlit as st

from core.domain.clock import now
from core.domain.ideas.card import IdeaCard
from core.domain.ideas.tracking import Experiment, Outcome
from core.domain.ideas.workflow import IdeaStatus
from core.domain.identity import User
from core.domain.text.dates import short_date
from core.errors import InvalidFields, SandboxError
from ideas.tracking.experiments import ExperimentEnd
from ui import state, words
from ui.components.field_notes import Notes, draw_notes
from ui.idea_parts import words as idea_words
from ui.idea_parts.people import is_committee, is_owner
from ui.resources import services


def draw_experiments(user: User, card: IdeaCard) -> None:
    """Draw all experiments, and the forms that begin and close them."""
    experiments = services().ideas.experiments.list(user, card.id)
    can_tell = card.status is IdeaStatus.EXPERIMENT and (
        is_owner(user, card) or is_committee(user, card)
    )
    if not experiments and not can_tell:
        return
    st.markdown("#### Experiments")
    for experiment in experiments:
        _draw_experiment(user, experiment, can_close=can_tell)
    if can_tell:
        _draw_beginning(user, card, is_first=not experiments)


def _draw_experiment(user: User, experiment: Experiment, *, can_close: bool) -> None:
    with st.container(border=True, gap="xsmall", key=f"experiment-{experiment.id}"):
        st.markdown(f"{_badge(experiment)} :small[:gray[{_dates(experiment)}]]")
        st.text(experiment.hypothesis)
        if experiment.learned:
            st.caption("Learned")
            st.text(experiment.learned)
        if can_close and not experiment.is_closed:
            _draw_closing(user, experiment)


def _badge(experiment: Experiment) -> str:
    if experiment.outcome is None:
        return ":blue-badge[Running]"
    colour = idea_words.OUTCOME_COLOURS[experiment.outcome]
    return f":{colour}-badge[{idea_words.OUTCOMES[experiment.outcome]}]"


def _dates(experiment: Experiment) -> str:
    told = f"from {short_date(experiment.started_on)}"
    if experiment.ended_on is not None:
        told = f"{short_date(experiment.started_on)} to {short_date(experiment.ended_on)}"
    if experiment.cost is not None:
        told = f"{told} · {idea_words.amount(experiment.cost, services().ideas.currency)}"
    return told


def _draw_closing(user: User, experiment: Experiment) -> None:
    notes, key = Notes(), experiment.id
    with st.expander("Close this experiment"):
        outcome = st.segmented_control(
            "Outcome",
            list(Outcome),
            format_func=idea_words.OUTCOMES.__getitem__,
            persist_state="page",
            key=f"outcome-{key}",
        )
        notes["outcome"] = st.empty()
        left, right = st.columns(2)
        with left:
            ended_on = st.date_input(
                "Ended on", value=now().date(), format="YYYY-MM-DD", key=f"ended-{key}"
            )
            notes["ended_on"] = st.empty()
        with right:
            cost = st.number_input(
                f"Cost ({services().ideas.currency})",
                min_value=0.0,
                value=None,
                step=100.0,
                placeholder="Not known",
                key=f"cost-{key}",
            )
            notes["cost"] = st.empty()
        learned = st.text_area(
            "What was learned",
            placeholder="Needed unless it was a success",
            height=80,
            persist_state="page",
            key=f"learned-{key}",
        )
        notes["learned"] = st.empty()
        if not st.button("Close experiment", key=f"close-{key}"):
            return
        if outcome is None:
            draw_notes(notes, {"outcome": "Choose how it ended."})
            return
        end = ExperimentEnd(
            outcome, ended_on, learned or "", None if cost is None else Decimal(str(cost))
        )
        _close(user, experiment, end, notes)


def _close(user: User, experiment: Experiment, end: ExperimentEnd, notes: Notes) -> None:
    try:
        services().ideas.experiments.close(user, experiment.id, end)
    except InvalidFields as invalid:
        draw_notes(notes, invalid.problems)
    except SandboxError as problem:
        st.error(words.plain(str(problem)))
    else:
        state.notify("Experiment closed.")
        st.rerun()


def _draw_beginning(user: User, card: IdeaCard, *, is_first: bool) -> None:
    notes = Notes()
    with st.expander("Begin an experiment", expanded=is_first):
        hypothesis = st.text_area(
            "What do you expect?",
            placeholder="If ten people use it for four weeks, then half the e-mails are gone",
            height=80,
            persist_state="page",
            key=f"hypothesis-{card.id}",
        )
        notes["hypothesis"] = st.empty()
        started_on = st.date_input(
            "Started on",
            value=now().date(),
            format="YYYY-MM-DD",
            width=200,
            key=f"started-{card.id}",
        )
        notes["started_on"] = notes["cost"] = st.empty()
        if st.button("Begin experiment", key="begin-experiment"):
            _begin(user, card, hypothesis or "", started_on, notes)


def _begin(user: User, card: IdeaCard, hypothesis: str, started_on: date, notes: Notes) -> None:
    try:
        services().ideas.experiments.begin(user, card.id, hypothesis, started_on=started_on)
    except InvalidFields as invalid:
        draw_notes(notes, invalid.problems)
    except SandboxError as problem:
        st.error(words.plain(str(problem)))
    else:
        state.notify("Experiment started.")
        st.rerun()
