"""What people see and type of a campaign."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.domain.ideas.campaigns import Campaign, CampaignPhase
from core.domain.ideas.criteria import Criterion
from ideas.portfolio.entries import Entry

TITLE_LENGTH, NAME_LENGTH = (5, 100), (2, 80)
TEXT_MAX = 5_000


@dataclass(frozen=True, slots=True)
class CampaignForm:
    """A campaign as it is typed; dates are None until they are chosen."""

    title: str = ""
    theme: str = ""
    brief: str = ""
    opens_on: date | None = None
    closes_on: date | None = None
    judging_until: date | None = None
    criteria: Sequence[Criterion] = ()
    panel_ids: frozenset[str] = frozenset()
    hides_votes: bool = False
    prize: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """A campaign in the list, with the number of its ideas and teams."""

    campaign: Campaign
    phase: CampaignPhase
    ideas: int
    teams: int


@dataclass(frozen=True, slots=True)
class TeamView:
    """A team with its people by id and name."""

    id: str
    name: str
    members: tuple[tuple[str, str], ...]

    def has(self, person_id: str) -> bool:
        """Return whether a person is in the team."""
        return any(member == person_id for member, _ in self.members)


@dataclass(frozen=True, slots=True)
class Result:
    """An idea with its place, from 1; None without a review. Equal scores share a place."""

    place: int | None
    entry: Entry
    team: str


@dataclass(frozen=True, slots=True)
class Results:
    """What the page of results shows; `are_out` is false while only the panel sees it."""

    campaign: Campaign
    places: tuple[Result, ...]
    are_out: bool
