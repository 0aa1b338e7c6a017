"""Campaigns: ideas on one theme, between two dates, judged by a panel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.domain.ideas.criteria import Criterion


class CampaignPhase(StrEnum):
    """Where a campaign stands on a day."""

    PLANNED = "planned"
    OPEN = "open"
    JUDGING = "judging"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign; all three dates belong to it. No criteria mean those of the settings."""

    id: str
    title: str
    theme: str
    brief: str
    opens_on: date
    closes_on: date
    judging_until: date
    criteria: Sequence[Criterion] = ()
    panel_ids: frozenset[str] = frozenset()
    hides_votes: bool = False
    prize: str = ""
    result_note: str = ""
    are_results_out: bool = False
    version: int = 1

    def phase(self, today: date) -> CampaignPhase:
        return phase_on(today, self.opens_on, self.closes_on, self.judging_until)


def phase_on(today: date, opens_on: date, closes_on: date, judging_until: date) -> CampaignPhase:
    """Return where a campaign with these dates stands on a day."""
    if today < opens_on:
        return CampaignPhase.PLANNED
    if today <= closes_on:
        return CampaignPhase.OPEN
    return CampaignPhase.JUDGING if today <= judging_until else CampaignPhase.ENDED


@dataclass(frozen=True, slots=True)
class Team:
    """People who take part in a campaign together."""

    id: str
    campaign_id: str
    name: str
    member_ids: frozenset[str] = frozenset()
