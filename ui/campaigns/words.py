"""Texts of campaigns."""

from datetime import date

from core.domain.ideas.campaigns import Campaign, CampaignPhase
from core.domain.text.dates import day_and_month, short_date
from ideas.campaigns.values import Overview
from ui import words

PHASES = {
    CampaignPhase.PLANNED: "Planned",
    CampaignPhase.OPEN: "Open for ideas",
    CampaignPhase.JUDGING: "Being judged",
    CampaignPhase.ENDED: "Ended",
}

COLOURS = {
    CampaignPhase.PLANNED: "gray",
    CampaignPhase.OPEN: "green",
    CampaignPhase.JUDGING: "violet",
    CampaignPhase.ENDED: "gray",
}

INTRODUCTION = "A campaign calls for ideas on one theme. A panel judges them, and the best win."
NONE_YET = "No campaign yet. Reviewers set them up."
NO_IDEAS = "There are no ideas in this campaign yet."
HIDDEN = "Votes are hidden while the panel judges."
NOT_OUT = "Only reviewers and the panel see this until it is published."
OWN_CRITERIA = "Own weights for this campaign"


def badge(phase: CampaignPhase, *, has_results: bool) -> str:
    """Return where the campaign stands as a coloured word."""
    if has_results:
        return ":blue-badge[:material/trophy: Results are out]"
    return f":{COLOURS[phase]}-badge[{PHASES[phase]}]"


def dates(campaign: Campaign, today: date) -> str:
    """Return what the person can count on next, and all dates."""
    until = f"{day_and_month(campaign.opens_on)} to {short_date(campaign.closes_on)}"
    told = f"Ideas {until} · judged until {short_date(campaign.judging_until)}"
    days = (campaign.closes_on - today).days
    if campaign.phase(today) is CampaignPhase.OPEN:
        left = "last day" if days == 0 else f"{words.count(days, 'day')} left"
        return f"{told} · {left}"
    return told


def counts(overview: Overview) -> str:
    """Return `12 ideas · 3 teams`."""
    told = [words.count(overview.ideas, "idea")]
    if overview.teams:
        told.append(words.count(overview.teams, "team"))
    return " · ".join(told)
