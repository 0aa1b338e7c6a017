"""The filter of views in an address, so that a view can be sent to a colleague."""

from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.ideas.card import IdeaCategory
from core.domain.ideas.filters import IdeaFilter, filter_of
from core.domain.ideas.triage import RiskClass
from core.domain.ideas.workflow import IdeaStatus

UNHURRIED = settings(deadline=None)

words = st.text(max_size=30).map(str.strip)
filters = st.builds(
    IdeaFilter,
    search=words,
    campaign_id=words,
    business_unit=words,
    category=st.none() | st.sampled_from(IdeaCategory),
    statuses=st.frozensets(st.sampled_from(IdeaStatus)),
    owner_id=words,
    submitter_id=words,
    tag=words,
    risk=st.none() | st.sampled_from(RiskClass),
)
NAMES = ["q", "campaign", "unit", "category", "state", "owner", "by", "tag", "risk", "other"]


@UNHURRIED
@given(filters)
def test_an_address_gives_back_the_filter_it_was_made_of(chosen: IdeaFilter) -> None:
    assert filter_of(chosen.query()) == chosen


@UNHURRIED
@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=300)))
def test_any_address_is_read_as_some_filter(query: dict[str, str]) -> None:
    chosen = filter_of(query)

    assert filter_of(chosen.query()) == chosen


def test_an_empty_filter_leaves_the_address_empty() -> None:
    assert IdeaFilter().query() == {}


def test_unknown_values_of_an_address_are_left_out() -> None:
    chosen = filter_of({"state": "triage,flying,parked", "risk": "none", "colour": "red"})

    assert chosen == IdeaFilter(statuses=frozenset({IdeaStatus.TRIAGE, IdeaStatus.PARKED}))
